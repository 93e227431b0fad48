// How a transfer stands, in plain words; a failed one says when it is tried again.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { absoluteTime } from "../lib/format"
import type { TransferStatus } from "../lib/transferStatus"
import { Badge, type BadgeWords, badgeWords } from "./Badge"

export function useTransferStatusNames(): Record<TransferStatus, BadgeWords> {
  const { t } = useLingui()
  return {
    waiting_for_seller: { name: t`Waiting for a payout account`, icon: "clock", tone: "warn" },
    pending: { name: t`On its way`, icon: "arrow", tone: "plain" },
    completed: { name: t`Sent`, icon: "tick", tone: "good" },
    failed: { name: t`Failed, will be tried again`, icon: "warning", tone: "warn" },
    permanently_failed: { name: t`Failed`, icon: "close", tone: "danger" },
    reversal_pending: { name: t`Being taken back`, icon: "reply", tone: "warn" },
    reversed: { name: t`Taken back`, icon: "reply", tone: "muted" },
    partially_reversed: { name: t`Partly taken back`, icon: "reply", tone: "muted" },
  }
}

interface Props {
  status: string
  next_retry_at: string | null
}

export function TransferBadge({ status, next_retry_at }: Props): ReactNode {
  const { name, icon, tone } = badgeWords(useTransferStatusNames(), status)
  const retried = status === "failed" && next_retry_at
  return (
    <Badge icon={icon} tone={tone}>
      {retried ? (
        <span>
          <Trans>
            Failed, next try <time dateTime={next_retry_at}>{absoluteTime(next_retry_at)}</time>
          </Trans>
        </span>
      ) : (
        name
      )}
    </Badge>
  )
}
