// What I ordered, the newest first.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { absoluteTime, dayOf } from "../../lib/format"
import { money } from "../../lib/money"
import type { OrderSummary } from "../../lib/types"
import { useSession } from "../../lib/useSession"
import { buttonClass } from "../../ui/Button"
import { More } from "../../ui/More"
import { OrderBadge } from "../../ui/OrderBadge"
import { Page } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { ordersQuery } from "./api"

function Titles({ order }: { order: OrderSummary }): ReactNode {
  const [first, ...more] = order.items
  const title = first?.title ?? ""
  const count = more.length
  if (count === 0) return title
  return <Plural value={count} one={`${title} and # more`} other={`${title} and # more`} />
}

function Row({ order }: { order: OrderSummary }): ReactNode {
  const sellers = [...new Set(order.items.map(({ seller_username }) => seller_username))].join(", ")
  const refunded = money(order.refunded_cents, order.currency)
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-1 py-4 hover:bg-surface sm:grid-cols-[minmax(0,1fr)_11rem_7rem] sm:px-3">
      <div className="grid min-w-0 gap-0.5 max-sm:col-span-full">
        <h2 className="wrap-anywhere font-semibold leading-snug" dir="auto">
          <Link
            to="/orders/$orderId"
            params={{ orderId: order.id }}
            className="after:absolute after:inset-0 after:rounded-lg hover:underline"
          >
            <Titles order={order} />
          </Link>
        </h2>
        <p className="tabular flex flex-wrap gap-x-3 text-muted text-sm">
          <span>{order.number}</span>
          <time dateTime={order.created_at} title={absoluteTime(order.created_at)}>
            {dayOf(order.created_at)}
          </time>
          <span className="wrap-anywhere">{sellers}</span>
        </p>
      </div>
      <div>
        <OrderBadge status={order.status} />
      </div>
      <p className="tabular text-end font-semibold">
        {money(order.total_cents, order.currency)}
        {order.refunded_cents > 0 ? (
          <span className="block font-normal text-muted text-sm">
            <Trans>{refunded} refunded</Trans>
          </span>
        ) : null}
      </p>
    </li>
  )
}

function List(): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const list = useInfiniteQuery(ordersQuery(user?.id))
  const [first] = list.data?.pages ?? []
  if (!first) {
    if (list.isError) {
      return (
        <ErrorState error={list.error} title={t`Your orders could not be read`} onRetry={() => void list.refetch()} />
      )
    }
    return (
      <Loading className="grid gap-6 py-4">
        {["a", "b", "c", "d"].map((key) => (
          <div key={key} className="flex items-center justify-between gap-6">
            <div className="grid flex-1 gap-2">
              <Skeleton className="h-5 w-2/5" />
              <Skeleton className="h-4 w-1/4" />
            </div>
            <Skeleton className="h-6 w-24" />
          </div>
        ))}
      </Loading>
    )
  }
  if (first.total === 0) {
    return (
      <EmptyState
        icon="receipt"
        title={t`You have ordered nothing yet`}
        action={
          <Link to="/shop" className={buttonClass()}>
            <Trans>Go to the shop</Trans>
          </Link>
        }
      >
        <Trans>Each order stands here with what it cost and how it stands, paid or not.</Trans>
      </EmptyState>
    )
  }
  return (
    <div className="grid gap-5">
      <ul className="divide-y divide-line border-line border-y">
        {(list.data?.pages ?? [])
          .flatMap((page) => page.orders)
          .map((order) => (
            <Row key={order.id} order={order} />
          ))}
      </ul>
      <More list={list} className="min-w-40 justify-self-center">
        <Trans>Load more</Trans>
      </More>
    </div>
  )
}

export function OrdersPage(): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={t`Orders`} lead={t`What you ordered, what it cost, and how it stands.`}>
      <List />
    </Page>
  )
}
