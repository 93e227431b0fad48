// How an order stands.
import type { components } from "../schema.gen"

export type OrderStatus = components["schemas"]["OrderStatus"]

export const ORDER_STATUSES = [
  "pending",
  "completed",
  "failed",
  "cancelled",
  "expired",
  "refund_pending",
  "partially_refunded",
  "refunded",
  "disputed",
] as const satisfies OrderStatus[]
