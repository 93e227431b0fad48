// One order: how it stands, what is in it, what it cost, and what happened. Its buyer pays and cancels here; a seller in it
// sees their own lines, an admin all of it.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { asApiError } from "../../lib/errors"
import { absoluteTime, countryName } from "../../lib/format"
import { type Leave, leaveFor } from "../../lib/leave"
import { money } from "../../lib/money"
import type { Order } from "../../lib/types"
import { useNow } from "../../lib/useBrowser"
import { useSession } from "../../lib/useSession"
import { buttonClass } from "../../ui/Button"
import { OrderBadge } from "../../ui/OrderBadge"
import { Page, useTitle } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Notice, Skeleton } from "../../ui/states"
import { DisputeFacts, DisputeNotice } from "./DisputeFacts"
import { OrderLines } from "./OrderLines"
import { Outcome } from "./Outcome"
import { Invoice } from "./Papers"
import { sideOf } from "./refund/draft"
import { RefundSection } from "./refund/RefundSection"
import { isDelivered, isPaid, isPayable } from "./status"
import { Timeline } from "./Timeline"
import { useOrder } from "./useOrder"

const LATE_MS = 20_000
const TICK_MS = 1000

interface Props {
  orderId: string
  /** The address says that the provider's page sent the browser here. It proves nothing else. */
  isReturn: boolean
  leave?: Leave
  /** Puts the works of an order into the cart again; another feature's. */
  again?: (order: Order) => ReactNode
  /** How long somebody waits before they are told that it takes longer than usual. */
  lateAfter_ms?: number
}

const HEAD = "font-semibold text-sm"

function Totals({ order, isAll }: { order: Order; isAll: boolean }): ReactNode {
  const { currency } = order
  const seen = order.items.reduce((sum, { total_cents }) => sum + total_cents, 0)
  return (
    <dl className="tabular grid gap-1">
      {isAll ? null : (
        <div className="flex items-baseline justify-between gap-4">
          <dt className="font-semibold">
            <Trans>Your part</Trans>
          </dt>
          <dd className="font-bold text-2xl tracking-tight">{money(seen, currency)}</dd>
        </div>
      )}
      <div className="flex items-baseline justify-between gap-4">
        <dt className={isAll ? "font-semibold" : "text-muted text-sm"}>
          {isAll ? <Trans>Total</Trans> : <Trans>The whole order</Trans>}
        </dt>
        <dd className={isAll ? "font-bold text-2xl tracking-tight" : "text-muted text-sm"}>
          {money(order.total_cents, currency)}
        </dd>
      </div>
      {order.refunded_cents > 0 ? (
        <div className="flex items-baseline justify-between gap-4 text-muted text-sm">
          <dt>
            <Trans>Refunded</Trans>
          </dt>
          <dd>{money(order.refunded_cents, currency)}</dd>
        </div>
      ) : null}
    </dl>
  )
}

function BillingShown({ order }: { order: Order }): ReactNode {
  const { billing } = order
  if (!billing || !Object.values(billing).some(Boolean)) return null
  const { name, address, country, vat_id } = billing
  return (
    <section className="grid gap-1">
      <h2 className={HEAD}>
        <Trans>Billing details</Trans>
      </h2>
      <p className="wrap-anywhere whitespace-pre-line text-muted text-sm" dir="auto">
        {[name, address, country ? countryName(country) : "", vat_id].filter(Boolean).join("\n")}
      </p>
    </section>
  )
}

function useIsLate(isWaiting: boolean, after_ms: number): boolean {
  const [began_ms] = useState(() => Date.now())
  return useNow(TICK_MS, isWaiting) - began_ms >= after_ms
}

type ShownProps = Required<Omit<Props, "orderId">> & { order: Order }

function Lead({ order, isBuyer }: { order: Order; isBuyer: boolean }): ReactNode {
  const { buyer_username: username, created_at } = order
  return (
    <span className="tabular flex flex-wrap items-center gap-x-3 gap-y-1">
      <OrderBadge status={order.status} />
      <time dateTime={created_at}>{absoluteTime(created_at)}</time>
      {isBuyer ? null : (
        <span>
          <Trans>
            bought by{" "}
            <Link to="/u/$username" params={{ username }} className="underline underline-offset-4">
              {username}
            </Link>
          </Trans>
        </span>
      )}
    </span>
  )
}

function Shown({ order, isReturn, leave, again, lateAfter_ms }: ShownProps): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const isBuyer = order.buyer_id === user?.id
  const isAll = isBuyer || user?.role === "admin"
  const isLate = useIsLate(isBuyer && isReturn && isPayable(order.status), lateAfter_ms)
  const { number } = order
  const side = sideOf(order.buyer_id, user)
  return (
    <Page title={t`Order ${number}`} lead={<Lead order={order} isBuyer={isBuyer} />}>
      <div className="grid items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-8">
          {isBuyer ? (
            <Outcome order={order} isReturn={isReturn} isLate={isLate} leave={leave} again={again(order)} />
          ) : (
            <div className="grid gap-4 empty:hidden">
              {isAll ? null : (
                <Notice>
                  <Trans>You see what was bought of you. What others sold in this order is theirs.</Trans>
                </Notice>
              )}
              <DisputeNotice order={order} side={isAll ? "admin" : "seller"} />
            </div>
          )}
          <OrderLines order={order} isMine={isBuyer && isDelivered(order.status)} />
          {isPaid(order.status) && order.total_cents > 0 ? <RefundSection order={order} /> : null}
        </div>
        <section className="grid gap-6 rounded-2xl p-5 ring-1 ring-line" aria-label={t`Details of the order`}>
          <Totals order={order} isAll={isAll} />
          <Invoice order={order} />
          {order.dispute ? <DisputeFacts dispute={order.dispute} currency={order.currency} /> : null}
          <BillingShown order={order} />
          <Timeline order={order} side={side} />
        </section>
      </div>
    </Page>
  )
}

function Nothing(): ReactNode {
  const { t } = useLingui()
  useTitle(t`No such order`)
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-8 sm:px-6">
      <h1 className="sr-only">{t`No such order`}</h1>
      <EmptyState
        icon="receipt"
        title={t`There is no such order`}
        action={
          <Link to="/orders" className={buttonClass()}>
            <Trans>Your orders</Trans>
          </Link>
        }
      >
        <Trans>Its address may be mistyped, or it belongs to another account.</Trans>
      </EmptyState>
    </div>
  )
}

function Shape(): ReactNode {
  return (
    <Loading className="mx-auto grid w-full max-w-6xl gap-x-10 gap-y-8 px-4 py-8 sm:px-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Skeleton className="col-span-full h-9 w-64" />
      <div className="grid content-start gap-6">
        <Skeleton className="h-32 rounded-2xl!" />
        <Skeleton className="h-24" />
      </div>
      <Skeleton className="h-64 rounded-2xl!" />
    </Loading>
  )
}

const nothing = (): ReactNode => null

export function OrderPage({ orderId, isReturn, leave = leaveFor, again = nothing, lateAfter_ms = LATE_MS }: Props) {
  const { t } = useLingui()
  const order = useOrder(orderId, isReturn)
  if (order.data) {
    return <Shown order={order.data} isReturn={isReturn} leave={leave} again={again} lateAfter_ms={lateAfter_ms} />
  }
  if (!order.isError) return <Shape />
  const { status } = asApiError(order.error)
  if (status === 404 || status === 400) return <Nothing />
  return (
    <Page title={t`Order`}>
      <ErrorState error={order.error} title={t`This order could not be read`} onRetry={() => void order.refetch()} />
    </Page>
  )
}
