// Shapes of the seller's routes that schema.gen.ts does not have yet. When it does, each becomes its name in
// components["schemas"], and `door` in api.ts becomes `api`.
import type { OrderStatus } from "../../lib/orderStatus"
import type { TransferStatus } from "../../lib/transferStatus"

export type Onboarding = "none" | "pending" | "active" | "restricted"

export interface Balance {
  connected: boolean
  /** In cents. */
  available: number
  pending: number
  currency: string
  onboarding: Onboarding
}

export interface Connection {
  connected: boolean
  onboarding: Onboarding
  disabled_reason: string | null
  requirements_due: number
}

export interface StatsDay {
  /** `2026-02-28`, in UTC. */
  date: string
  orders: number
  gross_cents: number
  fee_cents: number
  net_cents: number
}

export interface Stats {
  currency: string
  days: StatsDay[]
  totals: { orders: number; gross_cents: number; fee_cents: number; net_cents: number; refunded_cents: number }
  top_products: Array<{ product_id: string; title: string; quantity: number; gross_cents: number }>
}

export interface Transfer {
  id: string
  seller_id: string
  seller_username: string
  order_id: string
  order_number: string
  /** What the seller gets: net of the fee. */
  amount_cents: number
  platform_fee_cents: number
  currency: string
  status: TransferStatus
  retry_count: number
  next_retry_at: string | null
  error: string | null
  stripe_transfer_id: string | null
  created_at: string
  completed_at: string | null
}

interface Transfers {
  transfers: Transfer[]
  total: number
  limit: number
  offset: number
}

export interface OrderItem {
  id: string
  product_id: string
  title: string
  type: string
  seller_id: string
  seller_username: string
  license: { id: string | null; name: string; exclusive: boolean; terms: string } | null
  quantity: number
  unit_price_cents: number
  total_cents: number
  refunded_cents: number
}

export interface Order {
  id: string
  number: string
  buyer_username: string
  status: OrderStatus
  items: OrderItem[]
  currency: string
  created_at: string
  completed_at: string | null
}

export interface Sale {
  id: string
  number: string
  buyer_id: string
  buyer_username: string
  status: OrderStatus
  items: OrderItem[]
  gross_cents: number
  fee_cents: number
  net_cents: number
  refunded_cents: number
  currency: string
  created_at: string
  completed_at: string | null
}

interface Sales {
  orders: Sale[]
  total: number
  limit: number
  offset: number
}

interface Answers<Data> {
  responses: {
    200: { headers: Record<string, unknown>; content: { "application/json": { success: true; data: Data } } }
  }
}
interface Asks<Query, Path> {
  parameters: { query?: Query; header?: never; path: Path; cookie?: never }
}
interface AsksPlainly<Query> {
  parameters: { query?: Query; header?: never; path?: never; cookie?: never }
}
type Narrowed = { status?: TransferStatus | undefined; from?: string | undefined; to?: string | undefined }
type Paged = { limit?: number; offset?: number }

export interface MoneyPaths {
  "/api/v1/sell/balance": { get: AsksPlainly<never> & Answers<Balance> }
  "/api/v1/sell/connect": { get: AsksPlainly<never> & Answers<Connection> }
  "/api/v1/sell/connect/refresh": { post: AsksPlainly<never> & Answers<Connection> }
  "/api/v1/sell/connect/onboard": { post: AsksPlainly<never> & Answers<{ onboarding_url: string }> }
  "/api/v1/sell/stats": { get: AsksPlainly<{ days?: number }> & Answers<Stats> }
  "/api/v1/sell/transfers": { get: AsksPlainly<Narrowed & Paged> & Answers<Transfers> }
  "/api/v1/sell/transfers.csv": { get: AsksPlainly<Narrowed> & Answers<never> }
  "/api/v1/sell/orders": { get: AsksPlainly<Paged> & Answers<Sales> }
  "/api/v1/marketplace/orders/{order_id}": { get: Asks<never, { order_id: string }> & Answers<Order> }
}
