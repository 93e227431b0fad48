// Reads and writes of buying: what a cart costs now, and the order it becomes. What is in the cart is cart.ts's.
import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import { asApiError } from "../../lib/errors"
import type { CartItem, License, NewOrder, Order, PublicProduct, Quote, QuoteItem } from "../../lib/types"
import type { CartLine } from "./cart"

export const itemsOf = (lines: readonly CartLine[]): CartItem[] =>
  lines.map(({ product_id, license_id, quantity }) => ({ product_id, quantity, license_id }))

export const quoteQuery = (me: string | undefined, lines: readonly CartLine[]) =>
  queryOptions({
    queryKey: ["cart", "quote", me ?? "guest", itemsOf(lines)],
    queryFn: ({ signal }): Promise<Quote> => (me ? quote(lines, signal) : guestQuote(lines, signal)),
    placeholderData: keepPreviousData,
    // Prices change while one is away: whoever comes back sees them as they are.
    staleTime: 0,
  })

const quote = (lines: readonly CartLine[], signal: AbortSignal): Promise<Quote> =>
  unwrap(api.POST("/api/v1/marketplace/orders/quote", { signal, body: { items: itemsOf(lines) } }))

/** A visitor's cart, read from the product pages: only who is signed in gets the server's own word. */
async function guestQuote(lines: readonly CartLine[], signal: AbortSignal): Promise<Quote> {
  const found = await Promise.all(lines.map(({ product_id }) => findProduct(product_id, signal)))
  const items = lines.map((line, index) => quoteItem(line, found[index] ?? null))
  const total_cents = items.reduce((sum, { problem, total_cents: cents }) => sum + (problem ? 0 : (cents ?? 0)), 0)
  return { items, total_cents, currency: found.find(Boolean)?.currency ?? "EUR" }
}

async function findProduct(product_id: string, signal: AbortSignal): Promise<PublicProduct | null> {
  try {
    return await getProduct(product_id, signal)
  } catch (cause) {
    const { status } = asApiError(cause)
    if (status === 404 || status === 400) return null
    throw cause
  }
}

const getProduct = (product_id: string, signal: AbortSignal): Promise<PublicProduct> =>
  unwrap(api.GET("/api/v1/marketplace/products/{product_id}", { signal, params: { path: { product_id } } }))

function quoteItem({ product_id, license_id, quantity }: CartLine, product: PublicProduct | null): QuoteItem {
  const license = product?.licenses.find(({ id }) => id === license_id)
  const isGone = !product || (license_id !== null && !license)
  const needsLicense = !license && (product?.licenses.length ?? 0) > 0
  const code = isGone ? "unavailable" : needsLicense ? "license_required" : null
  const unit_price_cents = code ? null : (license?.price_cents ?? product?.price_cents ?? null)
  return {
    product_id,
    license_id,
    quantity,
    title: product?.title ?? null,
    type: product?.type ?? null,
    seller_id: product?.seller.id ?? null,
    seller_username: product?.seller.username ?? null,
    cover_url: product?.cover_small_url ?? null,
    license_name: license?.name ?? null,
    unit_price_cents,
    total_cents: unit_price_cents === null ? null : unit_price_cents * quantity,
    problem: code ? { code, message: "" } : null,
  }
}

/** The licences to choose from, where one was not chosen. */
export const licensesQuery = (product_id: string) =>
  queryOptions({
    queryKey: ["cart", "licenses", product_id],
    queryFn: async ({ signal }): Promise<License[]> => (await getProduct(product_id, signal)).licenses,
  })

export const placeOrder = (key: string, body: NewOrder): Promise<Order> =>
  unwrap(api.POST("/api/v1/marketplace/orders", { headers: { "Idempotency-Key": key }, body }))

/** An order exists: what I ordered, own and may still buy is to be asked anew wherever it is shown. */
export function refreshOwned(queries: QueryClient): void {
  for (const area of ["orders", "library", "shop"]) void queries.invalidateQueries({ queryKey: [area] })
}
