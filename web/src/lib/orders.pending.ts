// Shapes and routes of orders, by hand until the server's schema has them: they mirror src/veza/orders/schemas.py. Then this
// file goes: the names move to lib/types.ts as components["schemas"][…], and `ordersApi` becomes `api`.
import type { Client } from "openapi-fetch"
import { api } from "./api"

export interface CartItem {
  product_id: string
  quantity: number
  license_id: string | null
}

export interface Billing {
  name: string
  address: string
  /** Two letters of ISO 3166-1, or empty. */
  country: string
  vat_id: string
}

export interface NewOrder {
  items: CartItem[]
  payment_method: "card"
  billing: Billing | null
}

interface QuoteProblem {
  /** unavailable, license_required, quantity, own_product, sold_out or already_owned. */
  code: string
  message: string
}

export interface QuoteItem {
  product_id: string
  license_id: string | null
  quantity: number
  title: string | null
  seller_id: string | null
  seller_username: string | null
  cover_url: string | null
  license_name: string | null
  unit_price_cents: number | null
  total_cents: number | null
  problem: QuoteProblem | null
}

export interface Quote {
  items: QuoteItem[]
  total_cents: number
  currency: string
}

interface LineLicense {
  id: string | null
  name: string
  exclusive: boolean
  terms: string
}

export interface OrderItem {
  id: string
  product_id: string
  title: string
  type: string
  seller_id: string
  seller_username: string
  license: LineLicense | null
  quantity: number
  unit_price_cents: number
  total_cents: number
  refunded_cents: number
}

interface Payment {
  id: string
  client_secret: string | null
  status: string
  checkout_url: string | null
}

export interface TimelineEvent {
  kind: string
  created_at: string
  details: Record<string, unknown>
}

export interface OrderRefund {
  id: string
  status: string
  amount_cents: number
  currency: string
  created_at: string
}

export interface OrderSummary {
  id: string
  number: string
  buyer_id: string
  buyer_username: string
  status: string
  items: OrderItem[]
  total_cents: number
  refunded_cents: number
  currency: string
  created_at: string
  completed_at: string | null
}

export interface Order extends OrderSummary {
  refunds: OrderRefund[]
  payment: Payment | null
  billing: Billing | null
  timeline: TimelineEvent[]
  expires_at: string | null
}

export interface OrderPage {
  orders: OrderSummary[]
  total: number
  limit: number
  offset: number
}

type Answer<Data, Status extends number> = {
  [S in Status]: {
    headers: Record<string, unknown>
    content: { "application/json": { success: true; data: Data } }
  }
}

interface OneOrder {
  parameters: { path: { order_id: string } }
  responses: Answer<Order, 200>
}

interface OrderPaths {
  "/api/v1/marketplace/orders/quote": {
    post: {
      requestBody: { content: { "application/json": { items: CartItem[] } } }
      responses: Answer<Quote, 200>
    }
  }
  "/api/v1/marketplace/orders": {
    get: {
      parameters: { query: { limit: number; offset: number } }
      responses: Answer<OrderPage, 200>
    }
    post: {
      parameters: { header: { "Idempotency-Key": string } }
      requestBody: { content: { "application/json": NewOrder } }
      responses: Answer<Order, 201>
    }
  }
  "/api/v1/marketplace/orders/{order_id}": { get: OneOrder }
  "/api/v1/marketplace/orders/{order_id}/pay": { post: OneOrder }
  "/api/v1/marketplace/orders/{order_id}/cancel": { post: OneOrder }
}

export const ordersApi = api as unknown as Client<OrderPaths>
