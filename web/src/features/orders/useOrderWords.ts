// What the steps of an order are called. What a newer server may say besides keeps its own name.
import { useLingui } from "@lingui/react/macro"
import { money } from "../../lib/money"
import type { Order, TimelineEvent } from "../../lib/types"
import type { IconName } from "../../ui/icons"
import type { Side } from "./refund/draft"
import { useAskerWords } from "./refund/words"

const readable = (name: string): string => name.replaceAll("_", " ")

/** A step of the timeline, with why where the server says why. */
export function useEventWords(
  order: Pick<Order, "currency" | "refunds">,
  side: Side,
): (event: TimelineEvent) => { name: string; why: string; icon: IconName } {
  const { t } = useLingui()
  const askerOf = useAskerWords(side)
  const refunds = new Map<unknown, Order["refunds"][number]>(order.refunds.map((refund) => [refund.id, refund]))
  const reasons: Record<string, string> = {
    paid_twice: t`The order was paid already.`,
    cancelled: t`The order had been cancelled.`,
    sold_out: t`The exclusive licence was sold meanwhile.`,
    already_owned: t`You own it already.`,
    unavailable: t`Something in it was no longer to be had.`,
  }
  return ({ kind, details }) => {
    const { reason, amount_cents: cents, refund_id } = details
    const refund = refunds.get(refund_id)
    // Who wanted it is said once: where it was asked for, or, where nobody asked, where it came about.
    const isFirst = kind === "refund_requested" || refund?.requested_by === "dispute"
    const asker = refund && isFirst ? askerOf(refund) : ""
    const why = typeof reason === "string" ? (reasons[reason] ?? readable(reason)) : asker
    const amount = typeof cents === "number" ? money(cents, order.currency) : ""
    const names: Record<string, [string, IconName]> = {
      placed: [t`Order placed`, "cart"],
      payment_failed: [t`The payment failed`, "warning"],
      payment_reopened: [t`Another try to pay`, "clock"],
      completed: [t`Paid`, "tick"],
      cancelled: [t`Cancelled`, "close"],
      expired: [t`The time to pay ran out`, "clock"],
      payment_returning: [t`The money goes back`, "undo"],
      payment_returned: [amount ? t`${amount} went back` : t`The money went back`, "undo"],
      refund_requested: [t`Refund of ${amount} asked for`, "undo"],
      refund_succeeded: [t`${amount} went back`, "undo"],
      refund_failed: [t`The refund of ${amount} failed`, "warning"],
      dispute_opened: [t`${amount} disputed with the bank`, "warning"],
      dispute_won: [t`The bank let the payment stand`, "tick"],
      dispute_lost: [t`The bank took ${amount} back`, "undo"],
      return_failed: [t`The money could not be sent back. The staff looks into it.`, "warning"],
    }
    const [name, icon] = names[kind] ?? [readable(kind), "circle" as IconName]
    return { name, why, icon }
  }
}
