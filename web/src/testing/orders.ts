// Made-up carts and orders for stories and tests, and a server that quotes whatever cart it is asked about.
import { HttpResponse, http } from "msw"
import type {
  CartItem,
  Order,
  OrderItem,
  OrderPage,
  OrderRefund,
  OrderSummary,
  PublicProduct,
  Quote,
  QuoteItem,
  Refundable,
} from "../lib/types"
import { aUser } from "./fixtures"
import { aLicensed, aShopProduct, someShopProducts } from "./shop"

const id = (kind: string, number: number): string => `0190${kind}-0000-7000-8000-${String(number).padStart(12, "0")}`

const listed = someShopProducts()
const at = (index: number): PublicProduct => listed[index] ?? aShopProduct()
export const ALBUM = at(0)
export const BEAT: PublicProduct = { ...at(1), licenses: aLicensed().licenses }
export const FREE = at(2)
export const SONG = at(3)
export const SERVICE = at(5)

const QUOTED = [ALBUM, BEAT, FREE, SONG, SERVICE]

/** A line as cart.ts keeps it, in the storage that it reads. */
export const lineOf = (product: PublicProduct, change: Partial<CartItem> = {}) => ({
  product_id: product.id,
  license_id: product.licenses[0]?.id ?? null,
  quantity: 1,
  is_service: product.type === "service",
  ...change,
})

export const fillCart = (...lines: ReturnType<typeof lineOf>[]): void =>
  localStorage.setItem("veza.cart", JSON.stringify(lines))

/** What the server says of an item, by the same rules; `change` puts problems in. */
export function quoteOf(
  items: readonly CartItem[],
  change: (item: QuoteItem) => Partial<QuoteItem> = () => ({}),
): Quote {
  const quoted = items.map((item) => {
    const product = QUOTED.find(({ id: one }) => one === item.product_id)
    const license = product?.licenses.find(({ id: one }) => one === item.license_id)
    const unit = license?.price_cents ?? product?.price_cents ?? 0
    const plain: QuoteItem = {
      ...item,
      type: product?.type ?? null,
      title: product?.title ?? null,
      seller_id: product?.seller.id ?? null,
      seller_username: product?.seller.username ?? null,
      cover_url: product?.cover_small_url ?? null,
      license_name: license?.name ?? null,
      unit_price_cents: unit,
      total_cents: unit * item.quantity,
      problem: null,
    }
    return { ...plain, ...change(plain) }
  })
  const total_cents = quoted.reduce((sum, { problem, total_cents: cents }) => sum + (problem ? 0 : (cents ?? 0)), 0)
  return { items: quoted, total_cents, currency: "EUR" }
}

export const quoting = (change?: (item: QuoteItem) => Partial<QuoteItem>) =>
  http.post("/api/v1/marketplace/orders/quote", async ({ request }) => {
    const { items } = (await request.json()) as { items: CartItem[] }
    return HttpResponse.json({ success: true, data: quoteOf(items, change) })
  })

export function anOrderItem(number: number, product: PublicProduct, change: Partial<OrderItem> = {}): OrderItem {
  const license = product.licenses[0]
  const unit = license?.price_cents ?? product.price_cents
  const { quantity = 1 } = change
  return {
    id: id("f900", number),
    product_id: product.id,
    title: product.title,
    type: product.type,
    seller_id: product.seller.id,
    seller_username: product.seller.username,
    license: license
      ? { id: license.id, name: license.name, exclusive: license.exclusive, terms: license.terms }
      : null,
    quantity,
    unit_price_cents: unit,
    total_cents: unit * quantity,
    refunded_cents: 0,
    ...change,
  }
}

export const CHECKOUT_URL = "https://provider.example/pay/opaque"

const step = (kind: string, minute: number, details: Record<string, unknown> = {}) => ({
  kind,
  created_at: `2026-02-01T18:${String(minute).padStart(2, "0")}:00Z`,
  details,
})

const STEPS: Record<string, string[]> = {
  pending: ["placed"],
  failed: ["placed", "payment_failed"],
  completed: ["placed", "completed"],
  cancelled: ["placed", "cancelled"],
  expired: ["placed", "expired"],
  refund_pending: ["placed", "completed"],
  partially_refunded: ["placed", "completed"],
  refunded: ["placed", "completed"],
  disputed: ["placed", "completed"],
}

export function anOrder(change: Partial<Order> = {}): Order {
  const { status = "pending", items = [anOrderItem(1, ALBUM), anOrderItem(2, BEAT), anOrderItem(3, SONG)] } = change
  const isPayable = status === "pending" || status === "failed"
  return {
    id: id("f600", 1),
    number: "V26-000128",
    buyer_id: aUser.id,
    buyer_username: aUser.username,
    status,
    items,
    total_cents: items.reduce((sum, { total_cents }) => sum + total_cents, 0),
    refunded_cents: 0,
    currency: "EUR",
    refunds: [],
    dispute: null,
    payment: isPayable ? { id: "pay_0000example", client_secret: null, status, checkout_url: CHECKOUT_URL } : null,
    billing: null,
    invoice_number: isPayable ? null : "INV-2026-000042",
    timeline: (STEPS[status] ?? []).map((kind, index) => step(kind, 20 + index)),
    expires_at: isPayable ? "2026-02-02T18:20:00Z" : null,
    created_at: "2026-02-01T18:20:00Z",
    completed_at: isPayable ? null : "2026-02-01T18:21:00Z",
    ...change,
  }
}

type Refusal = { code: string; message: string }

/** What may go back of these lines: all that is left, but for what `refused` names by its place. */
export function aRefundable(items: readonly OrderItem[], refused: Record<number, Refusal> = {}): Refundable {
  const found = items.map(({ id: item_id, total_cents, refunded_cents }, place) => {
    const left = total_cents - refunded_cents
    const done = left === 0 ? { code: "not_refundable", message: "Nothing is left." } : null
    const why = refused[place] ?? done
    return { item_id, refundable_cents: why ? 0 : left, refused: why }
  })
  return {
    items: found,
    refundable_cents: found.reduce((sum, { refundable_cents }) => sum + refundable_cents, 0),
    currency: "EUR",
    until: "2026-02-15T18:21:00Z",
  }
}

export const aRefund = (number: number, change: Partial<OrderRefund> = {}): OrderRefund => ({
  id: id("fb00", number),
  status: "succeeded",
  amount_cents: 900,
  currency: "EUR",
  reason: "Not as described",
  details: null,
  requested_by: "seller",
  items: [{ item_id: id("f900", 1), amount_cents: 900 }],
  credit_note_number: `CN-2026-${String(number).padStart(6, "0")}`,
  created_at: "2026-02-03T09:00:00Z",
  settled_at: "2026-02-03T09:00:05Z",
  ...change,
})

/** The answer to a refund that was asked for. */
export const anInitiated = (amount_cents = 900) => ({
  message: "Refund initiated",
  refund: { id: id("fb00", 1), status: "pending", amount_cents, currency: "EUR" },
})

export const aPaper = () =>
  new HttpResponse("%PDF-1.7\n% made up", { headers: { "content-type": "application/pdf" } }) as unknown as Response

export const someOrders = (): OrderSummary[] =>
  (
    [
      ["pending", [anOrderItem(1, ALBUM), anOrderItem(2, BEAT), anOrderItem(3, SONG)]],
      ["completed", [anOrderItem(4, BEAT)]],
      ["failed", [anOrderItem(5, SONG)]],
      ["partially_refunded", [anOrderItem(6, SERVICE, { quantity: 2, refunded_cents: 12_000 }), anOrderItem(7, ALBUM)]],
      ["expired", [anOrderItem(8, ALBUM)]],
      ["cancelled", [anOrderItem(9, FREE), anOrderItem(10, ALBUM)]],
    ] as const
  ).map(([status, items], index) =>
    anOrder({
      id: id("f600", index + 1),
      number: `V26-${String(128 - index * 7).padStart(6, "0")}`,
      status,
      items: [...items],
      refunded_cents: items.reduce((sum, { refunded_cents }) => sum + refunded_cents, 0),
      created_at: `2026-02-0${7 - index}T18:20:00Z`,
    }),
  )

export const anOrderPage = (change: Partial<OrderPage> = {}): OrderPage => {
  const orders = change.orders ?? someOrders()
  return { orders, total: orders.length, limit: 20, offset: 0, ...change }
}
