// A buyer's quarrel with their bank about the payment of an order: how it stands, since when, and about how much.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { dayOf } from "../../lib/format"
import { money } from "../../lib/money"
import type { Dispute, Order } from "../../lib/types"
import { Badge, type BadgeWords, badgeWords } from "../../ui/Badge"
import { Notice } from "../../ui/states"
import type { Side } from "./refund/draft"

function useDisputeNames(): Record<string, BadgeWords> {
  const { t } = useLingui()
  const kept: BadgeWords = { name: t`The payment stands`, icon: "tick", tone: "good" }
  const taken: BadgeWords = { name: t`The money went back`, icon: "undo", tone: "danger" }
  return {
    opened: { name: t`Opened`, icon: "warning", tone: "danger" },
    challenged: { name: t`Contested`, icon: "clock", tone: "warn" },
    cancelled: { ...kept, name: t`Withdrawn` },
    won: kept,
    lost: taken,
    accepted: taken,
    expired: taken,
  }
}

export function DisputeFacts({ dispute, currency }: { dispute: Dispute; currency: string }): ReactNode {
  const { icon, tone, name } = badgeWords(useDisputeNames(), dispute.status)
  const { amount_cents, opened_at } = dispute
  return (
    <section className="grid gap-2" data-dispute={dispute.status}>
      <h2 className="font-semibold text-sm">
        <Trans>Dispute with the bank</Trans>
      </h2>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
        <Badge icon={icon} tone={tone}>
          {name}
        </Badge>
        <span className="tabular">
          <time dateTime={opened_at}>{dayOf(opened_at)}</time>
          {", "}
          <span className="font-semibold">{money(amount_cents, currency)}</span>
        </span>
      </div>
    </section>
  )
}

/** For who did not dispute it: what it means while it lasts. The buyer hears it at the top of their page. */
export function DisputeNotice({ order, side }: { order: Order; side: Exclude<Side, "buyer"> }): ReactNode {
  if (order.status !== "disputed") return null
  const { buyer_username: buyer } = order
  const amount = order.dispute ? money(order.dispute.amount_cents, order.currency) : ""
  return (
    <Notice tone="danger">
      {side === "seller" ? (
        <Trans>
          {buyer} disputes {amount} of this payment with their bank. Until it is decided nobody can give it back, and
          nothing of it can be downloaded. If the bank takes the money back, your share of it is taken back, too.
        </Trans>
      ) : (
        <Trans>
          {buyer} disputes {amount} of this payment with their bank. Answer it at the payment provider; until it is
          decided nothing of it can be given back or downloaded.
        </Trans>
      )}
    </Notice>
  )
}
