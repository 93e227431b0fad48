// Refunds in words: why one cannot be had, and who wanted it.
import { useLingui } from "@lingui/react/macro"
import type { OrderRefund } from "../../../lib/types"
import type { Side } from "./draft"

interface Refusal {
  code: string
  message: string
}

/** What this app does not know keeps the server's words. */
export function useRefusalWords(side: Side): (refusal: Refusal) => string {
  const { t } = useLingui()
  const words: Record<string, string> = {
    already_downloaded: t`You downloaded this already. Its seller or the staff of this site can still give your money back.`,
    refund_too_late: t`The 14 days to ask for it by yourself are over. Its seller or the staff of this site can still give your money back.`,
    refund_exceeds_payment: t`That is more than is left of what was paid. Something went back meanwhile: look at the amounts again.`,
    refund_in_progress: t`A refund of this order is on its way. Wait until it is through.`,
    not_refundable: t`Nothing is left of this that could go back.`,
    order_disputed:
      side === "buyer"
        ? t`Your bank looks into this payment, and decides where the money goes.`
        : t`The buyer’s bank looks into this payment, and decides where the money goes.`,
    offline: t`The server could not be reached. Check your connection and ask again: it is done once, however often you ask.`,
  }
  return ({ code, message }) => words[code] ?? message
}

/** Who wanted a refund, as the reader sees them. */
export function useAskerWords(side: Side): (refund: Pick<OrderRefund, "requested_by">) => string {
  const { t } = useLingui()
  const words: Record<string, string> = {
    buyer: side === "buyer" ? t`You asked for it` : t`The buyer asked for it`,
    seller: side === "seller" ? t`You gave it back` : t`Given back by the seller`,
    admin: t`Given back by the staff`,
    dispute: t`Taken back by the bank`,
  }
  return ({ requested_by }) => words[requested_by] ?? requested_by
}
