// How an order can stand, as far as pages decide by it. What it is called is ui/OrderBadge's.
import type { Order } from "../../lib/types"

/** What can still be paid; `failed` by paying again. */
export const isPayable = (status: string): boolean => status === "pending" || status === "failed"

/** What changes by itself before long. */
export const isMoving = (status: string): boolean => status === "refund_pending"

/** Paid once, whatever came after. */
export const isPaid = (status: string): boolean =>
  ["completed", "refund_pending", "partially_refunded", "refunded", "disputed"].includes(status)

/** Whether what was bought is (still) in the library, to be had now: while a bank looks into the payment nothing is. */
export const isDelivered = (status: string): boolean => isPaid(status) && status !== "refunded" && status !== "disputed"

/** Lines that go back whole by a refund that is on its way: until it is through nobody has the money and the files. */
export function leavingItems({ items, refunds }: Pick<Order, "items" | "refunds">): ReadonlySet<string> {
  const going = new Map<string, number>()
  for (const { status, items: parts } of refunds) {
    if (status !== "pending") continue
    for (const { item_id, amount_cents } of parts) going.set(item_id, (going.get(item_id) ?? 0) + amount_cents)
  }
  const leaves = ({ id, total_cents, refunded_cents }: Order["items"][number]): boolean =>
    going.has(id) && refunded_cents + (going.get(id) ?? 0) >= total_cents
  return new Set(items.filter(leaves).map(({ id }) => id))
}
