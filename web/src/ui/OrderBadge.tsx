// How an order stands, as sellers and admins see it.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { OrderStatus } from "../lib/orderStatus"
import { Badge, type BadgeWords, badgeWords } from "./Badge"

export function useOrderStatusNames(): Record<OrderStatus, BadgeWords> {
  const { t } = useLingui()
  return {
    pending: { name: t`Waiting for payment`, icon: "clock", tone: "plain" },
    completed: { name: t`Paid`, icon: "tick", tone: "good" },
    failed: { name: t`Payment failed`, icon: "warning", tone: "danger" },
    cancelled: { name: t`Cancelled`, icon: "close", tone: "muted" },
    expired: { name: t`Expired`, icon: "clock", tone: "muted" },
    refund_pending: { name: t`Being refunded`, icon: "reply", tone: "warn" },
    partially_refunded: { name: t`Partly refunded`, icon: "reply", tone: "plain" },
    refunded: { name: t`Refunded`, icon: "reply", tone: "muted" },
    disputed: { name: t`Disputed`, icon: "warning", tone: "danger" },
  }
}

export function OrderBadge({ status }: { status: string }): ReactNode {
  const { name, icon, tone } = badgeWords(useOrderStatusNames(), status)
  return (
    <Badge icon={icon} tone={tone}>
      {name}
    </Badge>
  )
}
