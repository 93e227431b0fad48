// The question before money goes back: what of an order, why, and exactly how much. It only asks; whether it went back is
// the provider's word, and stands on the order's page.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { type ReactNode, type RefObject, useEffect, useRef } from "react"
import { useSession } from "../../../lib/useSession"
import { Button } from "../../../ui/Button"
import { PlainDialog } from "../../../ui/dialogs"
import { ErrorState, Loading, Notice, Skeleton } from "../../../ui/states"
import { refreshRefunded, refundableQuery } from "./api"
import { linesOf, type RefundOrder, type Side, whyNothing } from "./draft"
import { RefundForm } from "./RefundForm"
import { useRefusalWords } from "./words"

interface Props {
  order: RefundOrder
  side: Side
  open: boolean
  onClose: () => void
  /** What takes the focus once it was asked for. */
  place: RefObject<HTMLElement | null> | undefined
}

type InsideProps = Omit<Props, "open" | "place"> & { onAsked: () => void; onBusy: (isBusy: boolean) => void }

function Inside({ order, side, onClose, onAsked, onBusy }: InsideProps): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const wordsOf = useRefusalWords(side)
  const found = useQuery(refundableQuery(order, user?.id))
  if (found.isError) {
    return <ErrorState error={found.error} title={t`This could not be read`} onRetry={() => void found.refetch()} />
  }
  // What was found a while ago may no longer be so: the amounts to choose from are always fresh.
  if (!found.data) {
    return (
      <Loading className="grid gap-3">
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
        <Skeleton className="h-11" />
      </Loading>
    )
  }
  const lines = linesOf(order.items, found.data, side)
  if (found.data.refundable_cents === 0) {
    const why = whyNothing(lines) ?? { code: "not_refundable", message: "" }
    return (
      <>
        <Notice tone="warn">{wordsOf(why)}</Notice>
        <Button look="quiet" className="justify-self-end" onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      </>
    )
  }
  return <RefundForm order={order} side={side} lines={lines} onClose={onClose} onAsked={onAsked} onBusy={onBusy} />
}

export function RefundDialog({ order, side, open, onClose, place }: Props): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const isBusy = useRef(false)
  const wasAsked = useRef(false)
  useEffect(() => {
    if (open) wasAsked.current = false
  }, [open])
  const { number, buyer_username: buyer } = order
  // Once it was asked for, the question stays until its answer is there: what went wrong is said in it.
  const close = (): void => {
    if (isBusy.current) return
    onClose()
    void refreshRefunded(queries)
  }
  return (
    <PlainDialog
      open={open}
      onClose={close}
      after={() => (wasAsked.current ? (place?.current ?? null) : null)}
      title={side === "buyer" ? t`Ask for a refund` : t`Give money back`}
      description={side === "buyer" ? t`Order ${number}` : t`Order ${number}, bought by ${buyer}`}
    >
      <Inside
        order={order}
        side={side}
        onClose={close}
        onAsked={() => {
          wasAsked.current = true
        }}
        onBusy={(busy) => {
          isBusy.current = busy
        }}
      />
    </PlainDialog>
  )
}
