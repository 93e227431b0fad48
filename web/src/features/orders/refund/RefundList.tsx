// Each refund of an order: how it stands, who wanted it and why, what of which line, and its credit note.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { money } from "../../../lib/money"
import type { Order, OrderRefund } from "../../../lib/types"
import { Badge, type BadgeWords, badgeWords } from "../../../ui/Badge"
import { Time } from "../../../ui/Time"
import { creditNoteFile } from "./api"
import type { Side } from "./draft"
import { PaperButton } from "./PaperButton"
import { useAskerWords } from "./words"

function useStatusNames(): Record<string, BadgeWords> {
  const { t } = useLingui()
  return {
    pending: { name: t`On its way`, icon: "clock", tone: "warn" },
    succeeded: { name: t`Paid back`, icon: "tick", tone: "good" },
    failed: { name: t`Failed`, icon: "warning", tone: "danger" },
  }
}

function CreditNote({ orderId, refund }: { orderId: string; refund: OrderRefund }): ReactNode {
  const { t } = useLingui()
  const { id, credit_note_number: number } = refund
  if (number === null) return null
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
      <p className="text-sm">
        <Trans>
          Credit note <span className="tabular whitespace-nowrap font-semibold">{number}</span>
        </Trans>
      </p>
      <PaperButton
        name={t`Download credit note ${number}`}
        fileName={`credit-note-${number}.pdf`}
        fetchPaper={() => creditNoteFile(orderId, id)}
      />
    </div>
  )
}

function Entry({ order, refund, side }: { order: Order; refund: OrderRefund; side: Side }): ReactNode {
  const askerOf = useAskerWords(side)
  const { icon, tone, name } = badgeWords(useStatusNames(), refund.status)
  const { amount_cents, currency, reason, details, items, created_at, status } = refund
  const titles = new Map(order.items.map(({ id, title }) => [id, title]))
  return (
    <li className="grid gap-2 rounded-2xl p-4 ring-1 ring-line" data-refund={status}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="tabular font-bold text-xl tracking-tight">{money(amount_cents, currency)}</p>
        <Badge icon={icon} tone={tone}>
          {name}
        </Badge>
      </div>
      <p className="wrap-anywhere text-sm">
        {askerOf(refund)}, <Time at={created_at} />
        {refund.requested_by === "dispute" ? null : (
          <>
            {": "}
            <q dir="auto">{reason}</q>
          </>
        )}
      </p>
      {details ? (
        <p className="wrap-anywhere whitespace-pre-line text-muted text-sm" dir="auto">
          {details}
        </p>
      ) : null}
      <ul className="grid gap-1 text-muted text-sm">
        {items.map(({ item_id, amount_cents: cents }) => (
          <li key={item_id} className="flex items-baseline justify-between gap-4">
            <span className="wrap-anywhere min-w-0" dir="auto">
              {titles.get(item_id)}
            </span>
            <span className="tabular whitespace-nowrap">{money(cents, currency)}</span>
          </li>
        ))}
      </ul>
      {status === "failed" ? (
        <p className="text-muted text-sm">
          <Trans>The payment provider could not send it. Everything is as it was before.</Trans>
        </p>
      ) : null}
      <CreditNote orderId={order.id} refund={refund} />
    </li>
  )
}

export function RefundList({ order, side }: { order: Order; side: Side }): ReactNode {
  if (order.refunds.length === 0) return null
  return (
    <ol className="grid gap-3">
      {order.refunds.map((refund) => (
        <Entry key={refund.id} order={order} refund={refund} side={side} />
      ))}
    </ol>
  )
}
