// How an order stands: the one place for these words, whoever reads them.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { OrderStatus } from "../lib/orderStatus"
import { Badge, type BadgeWords, badgeWords } from "./Badge"

export function useOrderStatusNames(): Record<OrderStatus, BadgeWords> {
  const { t } = useLingui()
  return {
    pending: { name: t`Not paid yet`, icon: "clock", tone: "warn" },
    completed: { name: t`Paid`, icon: "tick", tone: "good" },
    failed: { name: t`Payment failed`, icon: "warning", tone: "danger" },
    cancelled: { name: t`Cancelled`, icon: "close", tone: "muted" },
    expired: { name: t`Expired`, icon: "clock", tone: "muted" },
    refund_pending: { name: t`Refund on its way`, icon: "undo", tone: "warn" },
    partially_refunded: { name: t`Partly refunded`, icon: "undo", tone: "plain" },
    refunded: { name: t`Refunded`, icon: "undo", tone: "muted" },
    disputed: { name: t`Disputed`, icon: "warning", tone: "danger" },
  }
}

export function OrderBadge({ status }: { status: string }): ReactNode {
  const { name, icon, tone } = badgeWords(useOrderStatusNames(), status)
  return (
    <span data-order-status={status}>
      <Badge icon={icon} tone={tone}>
        {name}
      </Badge>
    </span>
  )
}
