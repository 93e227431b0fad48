// What stands in the editor's form, and what of it is sent. Pure: no request and no React.
import type { FieldPath } from "react-hook-form"
import type { FieldError } from "../../../lib/errors"
import { amountText, parseAmount } from "../../../lib/money"
import type { PublicProduct } from "../../../lib/types"
import type { LicenseInput, ProductInput, ProductType } from "../api"

export const TITLE_MOST = 200
export const DESCRIPTION_MOST = 10_000
export const TAGS_MOST = 10
export const TAG_MOST = 30
export const LICENSES_MOST = 10
export const LICENSE_NAME_MOST = 80
export const TERMS_MOST = 10_000
export const PRICE_LEAST_CENTS = 50
export const PRICE_MOST_CENTS = 10_000_000
const FILE_TITLE_MOST = 200

export interface LicenseDraft {
  /** The server's; null for one that is new. */
  licenseId: string | null
  name: string
  price: string
  exclusive: boolean
  terms: string
  fileIds: string[]
}

export interface Draft {
  title: string
  type: ProductType
  description: string
  tags: string[]
  pricing: "one" | "licenses"
  price: string
  licenses: LicenseDraft[]
}

export const NEW_LICENSE: LicenseDraft = {
  licenseId: null,
  name: "",
  price: "",
  exclusive: false,
  terms: "",
  fileIds: [],
}

export const EMPTY: Draft = {
  title: "",
  type: "track",
  description: "",
  tags: [],
  pricing: "one",
  price: "",
  licenses: [],
}

const priceText = (cents: number, currency: string): string => (cents === 0 ? "0" : amountText(cents, currency))

export function toDraft(product: PublicProduct): Draft {
  const { title, type, description, tags, licenses, currency } = product
  return {
    title,
    type,
    description,
    tags,
    pricing: licenses.length > 0 ? "licenses" : "one",
    price: priceText(product.price_cents, currency),
    licenses: licenses.map((tier) => ({
      licenseId: tier.id,
      name: tier.name,
      price: priceText(tier.price_cents, currency),
      exclusive: tier.exclusive,
      terms: tier.terms,
      fileIds: tier.file_ids,
    })),
  }
}

/** Nothing typed is free; what cannot be read is null. */
export const toCents = (price: string, currency: string): number | null =>
  price.trim() === "" ? 0 : parseAmount(price, currency)

export function isPrice(cents: number | null): cents is number {
  return cents === 0 || (cents !== null && cents >= PRICE_LEAST_CENTS && cents <= PRICE_MOST_CENTS)
}

function toLicense(
  { licenseId, name, price, exclusive, terms, fileIds }: LicenseDraft,
  currency: string,
): LicenseInput {
  const price_cents = toCents(price, currency) ?? 0
  return { id: licenseId, name: name.trim(), price_cents, exclusive, terms, file_ids: fileIds }
}

/** With licences, the product costs as much as the cheapest of them: the server works that out. */
export function toInput(draft: Draft, currency: string): ProductInput {
  const { title, type, description, tags, pricing, price, licenses } = draft
  const rest = { title: title.trim(), type, description: description.trim(), tags }
  if (pricing === "licenses") return { ...rest, licenses: licenses.map((tier) => toLicense(tier, currency)) }
  return { ...rest, price_cents: toCents(price, currency) ?? 0, licenses: [] }
}

/** "01 - Night drive (final).wav" → "01 - Night drive (final)". */
export function titleFromFile(name: string): string {
  const cut = name.lastIndexOf(".")
  return (cut > 0 ? name.slice(0, cut) : name).trim().slice(0, FILE_TITLE_MOST) || name
}

const PLAIN = new Set(["title", "type", "description", "tags"])
const OF_LICENSE: Record<string, keyof LicenseDraft> = {
  name: "name",
  price_cents: "price",
  terms: "terms",
  file_ids: "fileIds",
  id: "name",
}

/** Where the server's refusal belongs: `licenses.1.price_cents` → `licenses.1.price`. */
export function placeOf({ field }: FieldError): FieldPath<Draft> | null {
  const [first = "", index, inner = ""] = field.split(".")
  if (PLAIN.has(first)) return first as FieldPath<Draft>
  if (first === "price_cents") return "price"
  if (first !== "licenses") return null
  const name = OF_LICENSE[inner]
  return index !== undefined && name ? (`licenses.${Number(index)}.${name}` as FieldPath<Draft>) : "licenses"
}

export function addTag(tags: string[], typed: string): string[] {
  const words = typed.split(",").map((word) => word.trim().replace(/^#/, "").trim())
  const next = [...tags]
  for (const word of words) {
    const known = next.some((tag) => tag.localeCompare(word, undefined, { sensitivity: "base" }) === 0)
    if (word && !known) next.push(word)
  }
  return next
}
