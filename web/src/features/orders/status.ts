// How an order can stand, as far as pages decide by it. What it is called is ui/OrderBadge's.

/** What can still be paid; `failed` by paying again. */
export const isPayable = (status: string): boolean => status === "pending" || status === "failed"

/** What changes by itself before long. */
export const isMoving = (status: string): boolean => status === "refund_pending"

/** Paid once, whatever came after. */
const isPaid = (status: string): boolean =>
  ["completed", "refund_pending", "partially_refunded", "refunded", "disputed"].includes(status)

/** Whether what was bought is (still) in the library. */
export const isDelivered = (status: string): boolean => isPaid(status) && status !== "refunded"
