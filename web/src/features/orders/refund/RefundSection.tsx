// What went back of an order, what is on its way back, and the way to more of it. For its buyer, a seller in it, an admin.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { type ReactNode, type RefObject, useRef } from "react"
import { absoluteTime, dayOf } from "../../../lib/format"
import type { Order } from "../../../lib/types"
import { useSession } from "../../../lib/useSession"
import { ErrorState, Loading, Skeleton } from "../../../ui/states"
import { refundableQuery } from "./api"
import { linesOf, type Side, sideOf, whyNothing } from "./draft"
import { RefundButton } from "./RefundButton"
import { RefundList } from "./RefundList"
import { useRefusalWords } from "./words"

/** Where a dispute is open, that is said elsewhere, larger. */
function Way({ order, side, place }: { order: Order; side: Side; place: RefObject<HTMLElement | null> }): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const wordsOf = useRefusalWords(side)
  const found = useQuery(refundableQuery(order, user?.id))
  if (found.isError) {
    return (
      <ErrorState
        error={found.error}
        title={t`What can go back could not be read`}
        onRetry={() => void found.refetch()}
      />
    )
  }
  if (!found.data) {
    return (
      <Loading>
        <Skeleton className="h-11 w-48" />
      </Loading>
    )
  }
  const { refundable_cents, until } = found.data
  const why = refundable_cents > 0 ? null : whyNothing(linesOf(order.items, found.data, side))
  // That all of it went back is what the list above says.
  if (why?.code === "not_refundable" && order.refunds.length > 0) return null
  if (refundable_cents === 0) return why ? <p className="text-muted text-sm">{wordsOf(why)}</p> : null
  const day = until ? (
    <time dateTime={until} title={absoluteTime(until)}>
      {dayOf(until)}
    </time>
  ) : null
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <RefundButton order={order} place={place} />
      {until ? (
        <p className="text-muted text-sm">
          {order.items.every(({ type }) => type === "service") ? (
            <Trans>Until {day}.</Trans>
          ) : (
            <Trans>Until {day}, for what was not downloaded.</Trans>
          )}
        </p>
      ) : null}
    </div>
  )
}

export function RefundSection({ order }: { order: Order }): ReactNode {
  const { user } = useSession()
  const side = sideOf(order.buyer_id, user)
  const heading = useRef<HTMLHeadingElement>(null)
  const isDisputed = order.status === "disputed"
  if (isDisputed && order.refunds.length === 0) return null
  return (
    <section className="grid gap-3">
      <h2 ref={heading} tabIndex={-1} className="border-line border-b pb-2 font-semibold">
        <Trans>Refunds</Trans>
      </h2>
      <RefundList order={order} side={side} />
      {isDisputed ? null : <Way order={order} side={side} place={heading} />}
    </section>
  )
}
