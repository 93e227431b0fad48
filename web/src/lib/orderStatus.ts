// How an order stands.

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
] as const

export type OrderStatus = (typeof ORDER_STATUSES)[number]
