// Made-up answers of the shop for stories and tests: products, files, reviews, a library, and a sound that needs no network.
import type {
  LibraryItem,
  License,
  ProductFile,
  ProductPage,
  PublicProduct,
  Review,
  ReviewPage,
  Standing,
} from "../lib/types"
import { aUser } from "./fixtures"

const RATE_HZ = 8000

function writeText(view: DataView, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index))
}

/** A quiet tone as a WAV, under an address of this page. */
function aTone(seconds = 30, pitch_hz = 220): string {
  const samples = Math.round(seconds * RATE_HZ)
  const view = new DataView(new ArrayBuffer(44 + samples))
  writeText(view, 0, "RIFF")
  view.setUint32(4, 36 + samples, true)
  writeText(view, 8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, RATE_HZ, true)
  view.setUint32(28, RATE_HZ, true)
  view.setUint16(32, 1, true)
  view.setUint16(34, 8, true)
  writeText(view, 36, "data")
  view.setUint32(40, samples, true)
  for (let at = 0; at < samples; at++) {
    view.setUint8(44 + at, 128 + Math.round(12 * Math.sin((2 * Math.PI * pitch_hz * at) / RATE_HZ)))
  }
  return URL.createObjectURL(new Blob([view.buffer], { type: "audio/wav" }))
}

/** One tone for each number, made when it is first asked for. */
const tones = new Map<number, string>()
export function tone(number: number): string {
  const made = tones.get(number) ?? aTone(30, 180 + number * 20)
  tones.set(number, made)
  return made
}

/** A square picture with a colour of its own. */
const picture = (hue: number): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="hsl(${hue} 42% 30%)"/><circle cx="${30 + (hue % 40)}" cy="44" r="26" fill="hsl(${hue + 50} 62% 62%)"/><path d="M0 72q25-14 50 0t50 0v28H0z" fill="hsl(${hue + 190} 40% 16%)"/></svg>`,
  )}`

const id = (kind: string, number: number): string => `0190${kind}-0000-7000-8000-${String(number).padStart(12, "0")}`
const seller = { id: id("a000", 7), username: "djamilah" }

export function aShopProduct(change: Partial<PublicProduct> = {}): PublicProduct {
  return {
    id: id("f000", 1),
    seller,
    title: "Night drive",
    description:
      "Two takes on the small rack, mixed to tape in one night.\n\nWAV for your system, MP3 for the road. Made in Luanda.",
    type: "album",
    price_cents: 900,
    currency: "EUR",
    status: "published",
    tags: ["afro house", "tape", "night"],
    cover_url: picture(210),
    cover_small_url: picture(210),
    preview_url: tone(1),
    duration_seconds: 1024,
    licenses: [],
    rating_average: 4.6,
    rating_count: 31,
    created_at: "2026-01-06T10:00:00Z",
    updated_at: "2026-01-07T10:00:00Z",
    published_at: "2026-01-07T09:30:00Z",
    takedown_reason: null,
    ...change,
  }
}

const tier = (number: number, name: string, price_cents: number, change: Partial<License> = {}): License => ({
  id: id("f400", number),
  name,
  price_cents,
  exclusive: false,
  terms: "Up to 10,000 streams and one video. Credit: prod. djamilah.",
  file_ids: [],
  ...change,
})

export const aLicensed = (change: Partial<PublicProduct> = {}): PublicProduct =>
  aShopProduct({
    title: "Concrete garden",
    type: "beat",
    price_cents: 2500,
    licenses: [
      tier(1, "MP3 lease", 2500, { file_ids: [id("f200", 1)] }),
      tier(2, "WAV lease", 4900),
      tier(3, "Exclusive rights", 40_000, { exclusive: true, terms: "" }),
    ],
    ...change,
  })

const LISTED: ReadonlyArray<Partial<PublicProduct>> = [
  {},
  { title: "Concrete garden", type: "beat", price_cents: 2500, licenses: aLicensed().licenses, tags: ["boom bap"] },
  { title: "Tape loops, volume two", type: "sample_pack", price_cents: 0, rating_average: null, rating_count: 0 },
  {
    title: "A title that goes on for much longer than anybody would print on a record sleeve",
    type: "track",
    price_cents: 150,
    seller: { id: id("a000", 8), username: "the_hollow_trio" },
  },
  { title: "Glass presets for soft synths", type: "preset", price_cents: 1200, preview_url: null, rating_count: 1 },
  { title: "Mixing, per song", type: "service", price_cents: 12_000, preview_url: null, tags: [] },
  { title: "Sunday, kitchen", type: "album", price_cents: 700, rating_average: 5, rating_count: 3 },
  { title: "Salt", type: "track", price_cents: 100, rating_average: null, rating_count: 0, tags: ["ambient"] },
]

export const someShopProducts = (): PublicProduct[] =>
  LISTED.map((change, index) => {
    const cover = index % 4 === 3 ? null : picture(200 + index * 53)
    return aShopProduct({
      preview_url: tone(index + 1),
      ...change,
      id: id("f000", index + 1),
      cover_url: cover,
      cover_small_url: cover,
    })
  })

export const aPage = (change: Partial<ProductPage> = {}): ProductPage => {
  const products = change.products ?? someShopProducts()
  return { products, total: products.length, limit: 24, offset: 0, next_cursor: null, ...change }
}

const peaks = (seed: number): number[] =>
  Array.from({ length: 800 }, (_, at) => {
    const shape = 0.35 + 0.3 * Math.sin(at / 90 + seed) + 0.2 * Math.sin(at / 31 + seed * 2)
    const grain = 0.25 * Math.abs(Math.sin(at * 12.9898 + seed * 78.233))
    return Math.round(255 * Math.min(1, Math.max(0.04, shape + grain)))
  })

export function aShopFile(number: number, change: Partial<ProductFile> = {}): ProductFile {
  return {
    id: id("f200", number),
    position: number,
    title: ["Night drive", "Night drive (beatless)", "Harbour, 4 a.m."][number - 1] ?? `Part ${number}`,
    filename: `part-${number}.wav`,
    format: "wav",
    size_bytes: 58_400_000 - number * 7_100_000,
    status: "ready",
    failure: null,
    duration_seconds: 341 - number * 38,
    loudness_lufs: -13.6,
    sample_rate_hz: 48_000,
    channels: 2,
    peaks: peaks(number),
    preview_url: tone(number),
    preview_start_seconds: 60,
    preview_seconds: 30,
    artist: "djamilah",
    isrc: number === 1 ? "FRX872600001" : "",
    bpm: 118,
    musical_key: "F minor",
    created_at: "2026-01-06T10:00:00Z",
    ...change,
  }
}

export const someFiles = (): ProductFile[] => [
  aShopFile(1),
  aShopFile(2),
  aShopFile(3, { format: "mp3", size_bytes: 9_200_000 }),
  aShopFile(4, {
    title: "Liner notes",
    filename: "notes.pdf",
    format: "pdf",
    size_bytes: 1_900_000,
    duration_seconds: null,
    loudness_lufs: null,
    peaks: null,
    preview_url: null,
    preview_start_seconds: null,
    preview_seconds: null,
    bpm: null,
    musical_key: "",
  }),
]

export function aReview(number: number, change: Partial<Review> = {}): Review {
  const buyer = {
    id: id("a000", 20 + number),
    username: ["ines", "reverb_talk", "studio_k"][number - 1] ?? `b${number}`,
  }
  return {
    id: id("f500", number),
    product_id: id("f000", 1),
    buyer_id: buyer.id,
    buyer,
    order_id: id("f600", number),
    rating: [5, 4, 5][number - 1] ?? 4,
    comment:
      [
        "The second one has been on repeat for a week.\nThe tape hiss is part of it.",
        "Good, if a little short.",
        "Exactly what the night bus needs.",
      ][number - 1] ?? "Good.",
    created_at: `2026-02-0${(number % 8) + 1}T20:00:00Z`,
    updated_at: `2026-02-0${(number % 8) + 1}T20:00:00Z`,
    ...change,
  }
}

export const aReviewPage = (change: Partial<ReviewPage> = {}): ReviewPage => ({
  reviews: [aReview(1), aReview(2), aReview(3)],
  total: 31,
  rating_average: 4.6,
  histogram: { "1": 0, "2": 1, "3": 1, "4": 7, "5": 22 },
  limit: 10,
  offset: 0,
  ...change,
})

export const noReviews = (): ReviewPage =>
  aReviewPage({
    reviews: [],
    total: 0,
    rating_average: null,
    histogram: { "1": 0, "2": 0, "3": 0, "4": 0, "5": 0 },
  })

export const aStanding = (change: Partial<Standing> = {}): Standing => ({
  is_seller: false,
  is_owned: false,
  owned_license_ids: [],
  can_review: false,
  review: null,
  ...change,
})

export const myReview = (change: Partial<Review> = {}): Review =>
  aReview(9, { buyer_id: aUser.id, buyer: { id: aUser.id, username: aUser.username }, rating: 4, ...change })

export function aLibraryItem(number: number, change: Partial<LibraryItem> = {}): LibraryItem {
  const [title, type, terms] = (
    [
      ["Night drive", "album", ""],
      ["Concrete garden", "beat", "Up to 10,000 streams and one video. Credit: prod. djamilah."],
    ] as const
  )[number - 1] ?? ["Salt", "track", ""]
  return {
    id: id("f700", number),
    product: {
      id: id("f000", number),
      title,
      type,
      seller_username: seller.username,
      cover_small_url: picture(200 + number * 53),
      is_on_sale: true,
    },
    license: terms ? { id: id("f400", number), name: "MP3 lease", exclusive: false, terms } : null,
    order_id: id("f600", number),
    granted_at: "2026-02-01T18:00:00Z",
    files: someFiles()
      .slice(0, number === 2 ? 1 : 4)
      .map(({ id: file_id, title: name, filename, format, size_bytes, duration_seconds }) => ({
        id: file_id,
        title: name,
        filename,
        format,
        size_bytes,
        duration_seconds,
      })),
    ...change,
  }
}
