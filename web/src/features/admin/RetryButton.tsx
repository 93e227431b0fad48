// Tries a transfer again, now. Asks first, waits for the provider's word, and says what it was.
import { useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useRef, useState } from "react"
import { asApiError } from "../../lib/errors"
import { isFinal, newKey } from "../../lib/keys"
import { money } from "../../lib/money"
import type { TransferStatus } from "../../lib/transferStatus"
import { AskFirstButton } from "../../ui/AskFirstButton"
import { refreshAdmin, retryTransfer } from "./api"
import type { AdminTransfer, Retried } from "./types"

/** One key for one intention: kept while nobody knows how the try ended, so that asking again cannot try twice. */
function useRetry(id: string): () => Promise<Retried> {
  const key = useRef<string | null>(null)
  return async () => {
    key.current ??= newKey()
    try {
      const result = await retryTransfer(id, key.current)
      key.current = null
      return result
    } catch (cause) {
      if (isFinal(asApiError(cause))) key.current = null
      throw cause
    }
  }
}

function useOutcome(number: string): (result: Retried) => { text: string; tone: "ok" | "error" } {
  const { t } = useLingui()
  return ({ status }) => {
    const said: Partial<Record<TransferStatus, string>> = {
      completed: t`${number}: sent.`,
      pending: t`${number}: on its way.`,
      waiting_for_seller: t`${number}: not sent. The seller’s account cannot receive now; it waits for them.`,
      failed: t`${number}: not sent. It failed again, and will be tried again.`,
    }
    const text = said[status] ?? t`${number}: not sent. It failed for good.`
    return { text, tone: status === "completed" || status === "pending" ? "ok" : "error" }
  }
}

const isRetryable = ({ status }: AdminTransfer): boolean => status === "failed" || status === "permanently_failed"

/** Nothing for what cannot be tried again; what once could be keeps its place. */
export function RetryButton({ transfer }: { transfer: AdminTransfer }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { id, order_number: number, seller_username: seller, amount_cents, currency } = transfer
  const action = useRetry(id)
  const done = useOutcome(number)
  const amount = money(amount_cents, currency)
  const canRetry = isRetryable(transfer)
  const [was, setWas] = useState(canRetry)
  if (canRetry && !was) setWas(true)
  if (!(was || canRetry)) return null
  return (
    <AskFirstButton
      isOver={!canRetry}
      look="quiet"
      label={t`Retry`}
      name={t`Retry ${number}`}
      title={t`Send ${amount} to ${seller} now?`}
      description={t`Their share of order ${number}. The provider is asked at once; money moves once, however often you ask.`}
      keep={t`Not now`}
      confirm={t`Send ${amount}`}
      confirmLook="primary"
      done={done}
      action={action}
      onSettled={() => refreshAdmin(queries)}
    />
  )
}
