// Made-up products, files and uploads of a seller, for stories and tests.

import { UploadQueue } from "../features/selling/uploads"
import { ApiError } from "../lib/errors"
import { session } from "../lib/session"
import type { OwnProduct, ProductFile } from "../lib/types"
import type { SendFile } from "../lib/upload"
import { aUser } from "./fixtures"
import { answer, ok, withApi } from "./handlers"

export const PRODUCT_ID = "0190f000-0000-7000-8000-000000000001"

/** A square picture with a colour of its own. */
export const aCover = (hue: number): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="hsl(${hue} 45% 32%)"/><circle cx="62" cy="44" r="26" fill="hsl(${hue + 50} 65% 62%)"/><path d="M0 72q25-14 50 0t50 0v28H0z" fill="hsl(${hue + 190} 40% 18%)"/></svg>`,
  )}`

export function aProduct(change: Partial<OwnProduct> = {}): OwnProduct {
  return {
    id: PRODUCT_ID,
    seller: { id: aUser.id, username: aUser.username },
    title: "Night drive",
    description: "Two takes on the small rack, mixed to tape.\nWAV and MP3.",
    type: "track",
    price_cents: 450,
    currency: "EUR",
    status: "draft",
    tags: ["modular", "ambient"],
    cover_url: aCover(200),
    cover_small_url: aCover(200),
    preview_url: null,
    duration_seconds: 341,
    licenses: [],
    rating_average: null,
    rating_count: 0,
    created_at: "2026-01-06T10:00:00Z",
    updated_at: new Date(Date.now() - 26 * 3_600_000).toISOString(),
    published_at: null,
    files_ready: 2,
    files_processing: 0,
    files_failed: 0,
    takedown_reason: null,
    ...change,
  }
}

export const aPublished = (change: Partial<OwnProduct> = {}): OwnProduct =>
  aProduct({ status: "published", published_at: "2026-01-07T09:30:00Z", ...change })

const tier = (index: number, name: string, price_cents: number, exclusive = false, file_ids: string[] = []) => ({
  id: `0190f400-0000-7000-8000-00000000000${index}`,
  name,
  price_cents,
  exclusive,
  terms: exclusive
    ? "All rights for the recording; the composition stays with me."
    : "Up to 10,000 streams, credit given.",
  file_ids,
})

const fileId = (index: number): string => `0190f200-0000-7000-8000-00000000000${index}`

export const aBeat = (change: Partial<OwnProduct> = {}): OwnProduct =>
  aProduct({
    title: "Concrete garden (92 BPM)",
    type: "beat",
    price_cents: 2500,
    licenses: [
      tier(1, "MP3 lease", 2500, false, [fileId(2)]),
      tier(2, "WAV lease", 4900),
      tier(3, "Exclusive", 40_000, true),
    ],
    ...change,
  })

const peaks = (seed: number): number[] =>
  Array.from({ length: 800 }, (_, at) =>
    Math.round(90 + 70 * Math.sin(at / (17 + seed)) + 70 * Math.sin(at / 5.3 + seed)),
  ).map((value) => Math.min(255, Math.max(4, value)))

export function aFile(index: number, change: Partial<ProductFile> = {}): ProductFile {
  return {
    id: fileId(index),
    position: index,
    title:
      ["Night drive", "Night drive (radio edit)", "Night drive (beatless)", "Liner notes"][index - 1] ??
      `Part ${index}`,
    filename: `night-drive-${index}.wav`,
    format: "wav",
    size_bytes: 58_400_000 - index * 7_100_000,
    status: "ready",
    failure: null,
    duration_seconds: 341 - index * 40,
    loudness_lufs: -13.6,
    sample_rate_hz: 48_000,
    channels: 2,
    peaks: peaks(index),
    preview_url: null,
    preview_start_seconds: 60,
    preview_seconds: 30,
    artist: "nova",
    isrc: index === 1 ? "FRX872600001" : "",
    bpm: 92,
    musical_key: "F minor",
    created_at: "2026-01-06T10:00:00Z",
    ...change,
  }
}

const UNKNOWN = { duration_seconds: null, loudness_lufs: null, peaks: null, bpm: null, musical_key: "", isrc: "" }

export const aProcessing = (index: number): ProductFile => aFile(index, { ...UNKNOWN, status: "processing" })
export const aFailed = (index: number): ProductFile =>
  aFile(index, { ...UNKNOWN, status: "failed", failure: "The sound in this file cannot be read. It may be damaged." })

export const someProducts = (): OwnProduct[] =>
  [
    aPublished({ rating_average: 4.6, rating_count: 31 }),
    aBeat({ files_ready: 1, files_processing: 2 }),
    aPublished({ title: "Tape loops, volume two", type: "sample_pack", price_cents: 1900, files_ready: 1 }),
    aProduct({ title: "Untitled kitchen session", type: "album", price_cents: 0, files_ready: 3, files_failed: 1 }),
    aProduct({ title: "Mixing, per song", type: "service", price_cents: 12_000, status: "archived", files_ready: 0 }),
    aProduct({
      title: "Borrowed chorus",
      status: "taken_down",
      takedown_reason: "The chorus is a recording of somebody else, who wrote to us.",
    }),
  ].map((product, index) => {
    const cover = index % 3 === 2 ? null : aCover(200 + index * 47)
    return { ...product, id: PRODUCT_ID.replace(/1$/, String(index + 1)), cover_url: cover, cover_small_url: cover }
  })

export const signedIn = (): void => session.adopt({ user: aUser, access_token: "not-a-token" })

/** A product with its files, as the editor reads them; what holds them may change while a story runs. */
export const withProduct = (
  product: OwnProduct,
  files: ProductFile[] | { now: ProductFile[] },
  ...own: Parameters<typeof withApi>
) =>
  withApi(
    ...own,
    answer("get", "/marketplace/products/:id/files", () => {
      const now = Array.isArray(files) ? files : files.now
      return ok({ files: now, total: now.length })
    }),
    answer("get", "/marketplace/products/:id", () => ok(product)),
    answer("get", "/sell/products", () => ok({ products: [product], total: 1, limit: 100, offset: 0 })),
    answer("put", "/marketplace/products/:id", () => ok(product)),
    answer("post", "/marketplace/products", () => ok(product, 201)),
    answer("delete", "/marketplace/products/:id", () => ok({})),
  )

export const aBlob = (name: string, bytes = 2000): File =>
  new File([new Uint8Array(bytes)], name, { type: "audio/wav" })

type Step = { sent?: number; refuse?: ApiError; file?: ProductFile; status?: number } | "hang"

/** A queue whose files get as far as a script says: the n-th file sent takes the n-th step, the last one again and again. */
export function scriptedQueue(...steps: Step[]): UploadQueue {
  let at = 0
  const send: SendFile = ({ signal, onProgress, body }) =>
    new Promise((done, failed) => {
      const step = steps[Math.min(at++, steps.length - 1)] ?? "hang"
      signal?.addEventListener("abort", () => failed(new DOMException("Cancelled.", "AbortError")))
      if (step === "hang") return
      if (step.sent !== undefined) setTimeout(() => onProgress?.(Math.round(body.size * (step.sent ?? 0))), 600)
      if (step.refuse) failed(step.refuse)
      if (step.file) done({ data: step.file as never, status: step.status ?? 201 })
    })
  return new UploadQueue(send)
}

export const refusal = (status: number, code: string, message: string, retryAfterS?: number): ApiError =>
  new ApiError(message, { status, code, retryAfterS, requestId: "req_0000example" })

/** A real, tiny picture. */
export async function aPicture(): Promise<File> {
  const canvas = document.createElement("canvas")
  canvas.width = 64
  canvas.height = 64
  const brush = canvas.getContext("2d")
  if (brush) {
    brush.fillStyle = "#7a2f5d"
    brush.fillRect(0, 0, 64, 64)
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"))
  return new File(blob ? [blob] : [], "cover.png", { type: "image/png" })
}
