// What the catalogue is narrowed to, as it stands in the address. Pure: reads leniently, and leaves out what is the default.

import type { ProductType } from "../../lib/types"
import type { components } from "../../schema.gen"

export const TYPES = ["track", "album", "beat", "sample_pack", "preset", "service"] as const satisfies ProductType[]
export const SORTS = ["newest", "relevance", "rating", "price_asc", "price_desc", "title", "oldest"] as const
export type Sort = components["schemas"]["Sort"]

export interface ShopFilter {
  search?: string | undefined
  sort?: Sort | undefined
  type?: ProductType | undefined
  tag?: string | undefined
  /** In cents. */
  min_price?: number | undefined
  max_price?: number | undefined
}

const SEARCH_MAX = 200
const TAG_MAX = 30
const PRICE_MAX = 10_000_000

/** The router reads `?search=808` as a number. */
function words(value: unknown, most: number): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return
  return String(value).trim().slice(0, most) || undefined
}

function cents(value: unknown): number | undefined {
  const number = typeof value === "string" ? Number(value) : value
  return typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= PRICE_MAX
    ? number
    : undefined
}

/** Only what is set, so that an address never carries empty parts. */
export function tidy(filter: ShopFilter): ShopFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

export function readShopFilter(raw: Record<string, unknown>): ShopFilter {
  const search = words(raw.search, SEARCH_MAX)
  const sort = SORTS.find((known) => known === raw.sort)
  const min = cents(raw.min_price)
  const max = cents(raw.max_price)
  return tidy({
    search,
    // By relevance there is no order without words to be relevant to.
    sort: sort === "relevance" && !search ? undefined : sort,
    type: TYPES.find((known) => known === raw.type),
    tag: words(raw.tag, TAG_MAX),
    min_price: min,
    max_price: min !== undefined && max !== undefined && max < min ? undefined : max,
  })
}

/** How many choices narrow the list; an order narrows nothing. */
export const narrowing = (filter: ShopFilter): number => Object.keys(tidy({ ...filter, sort: undefined })).length

export const inSearch = (filter: ShopFilter): boolean => Boolean(filter.search)
