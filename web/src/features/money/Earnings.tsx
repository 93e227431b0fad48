// What was sold and earned in the last month, quarter or year: totals, a chart or its table, and what sold best.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { wholeNumber } from "../../lib/format"
import { money } from "../../lib/money"
import { Button } from "../../ui/Button"
import { cx } from "../../ui/classes"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { Table } from "../../ui/Table"
import { statsQuery } from "./api"
import { bucketsOf } from "./buckets"
import { bucketName, Chart } from "./Chart"
import { type Days, PERIODS } from "./filter"
import type { Stats } from "./types"

interface Props {
  days: Days
  onDays: (days: Days) => void
}

function Periods({ days, onDays }: Props): ReactNode {
  const { t } = useLingui()
  return (
    <fieldset aria-label={t`Period`} className="flex gap-1">
      {PERIODS.map((period) => (
        <button
          key={period}
          type="button"
          aria-pressed={period === days}
          onClick={() => onDays(period)}
          className={cx(
            "tabular min-h-11 rounded-full px-4 font-medium text-sm transition-colors duration-150",
            period === days ? "bg-text text-bg" : "bg-quiet hover:bg-line",
          )}
        >
          <Plural value={period} one="# day" other="# days" />
        </button>
      ))}
    </fieldset>
  )
}

function Totals({ stats }: { stats: Stats }): ReactNode {
  const { t } = useLingui()
  const { currency, totals } = stats
  const figures: Array<[string, string]> = [
    [t`You earned`, money(totals.net_cents, currency)],
    [t`Sold for`, money(totals.gross_cents, currency)],
    [t`Fee`, money(totals.fee_cents, currency)],
    [t`Orders`, wholeNumber(totals.orders)],
  ]
  // What went back is rare, and is said only then.
  if (totals.refunded_cents > 0) figures.push([t`Refunded`, money(totals.refunded_cents, currency)])
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-4">
      {figures.map(([name, figure], index) => (
        <div key={name} className="grid content-start gap-0.5">
          <dt className="text-muted text-sm">{name}</dt>
          <dd className={cx("tabular font-semibold", index === 0 ? "text-2xl" : "text-lg leading-8")}>{figure}</dd>
        </div>
      ))}
    </dl>
  )
}

function Figures({ stats }: { stats: Stats }): ReactNode {
  const { t } = useLingui()
  const [asTable, setAsTable] = useState(false)
  const buckets = bucketsOf(stats.days)
  const amount = (cents: number): string => money(cents, stats.currency)
  return (
    <div className="grid gap-3">
      {asTable ? (
        <Table
          caption={t`Earned`}
          rows={buckets.filter(({ orders }) => orders > 0).reverse()}
          keyOf={({ from }) => from}
          columns={[
            { name: t`Date`, cell: bucketName, leads: true },
            { name: t`Orders`, cell: ({ orders }) => wholeNumber(orders), figures: true },
            { name: t`Sold for`, cell: ({ gross_cents }) => amount(gross_cents), figures: true },
            { name: t`Fee`, cell: ({ fee_cents }) => amount(fee_cents), figures: true },
            { name: t`You earned`, cell: ({ net_cents }) => amount(net_cents), figures: true },
          ]}
        />
      ) : (
        <Chart buckets={buckets} currency={stats.currency} />
      )}
      <Button
        look="quiet"
        className="justify-self-start text-sm"
        aria-pressed={asTable}
        onClick={() => setAsTable(!asTable)}
      >
        <Trans>Show as a table</Trans>
      </Button>
    </div>
  )
}

function TopProducts({ stats }: { stats: Stats }): ReactNode {
  return (
    <section className="grid content-start gap-3">
      <h3 className="font-semibold">
        <Trans>What sold best</Trans>
      </h3>
      <ol className="divide-y divide-line">
        {stats.top_products.map(({ product_id, title, quantity, gross_cents }) => (
          <li key={product_id} className="flex flex-wrap items-baseline gap-x-4 py-2.5">
            <Link
              to={`/products/${product_id}` as "/"}
              className="wrap-anywhere min-w-0 font-medium hover:underline max-sm:w-full sm:flex-1"
              dir="auto"
            >
              {title}
            </Link>
            <span className="tabular text-muted text-sm">
              <Plural value={quantity} one="# sold" other="# sold" />
            </span>
            <span className="tabular min-w-24 text-end font-semibold max-sm:flex-1">
              {money(gross_cents, stats.currency)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Body({ days }: { days: Days }): ReactNode {
  const { t } = useLingui()
  const stats = useQuery(statsQuery(days))
  if (stats.isPending) {
    return (
      <Loading className="grid gap-6">
        <Skeleton className="h-14 w-3/4" />
        <Skeleton className="h-64" />
      </Loading>
    )
  }
  if (stats.isError) {
    return (
      <ErrorState error={stats.error} title={t`Your sales could not be read`} onRetry={() => void stats.refetch()} />
    )
  }
  if (stats.data.totals.orders === 0) {
    return (
      <EmptyState icon="tag" title={t`No sales in this time`}>
        <Trans>Every paid order stands here at once, with what you earn of it.</Trans>
      </EmptyState>
    )
  }
  return (
    <div className={cx("grid gap-8 transition-opacity duration-150", stats.isPlaceholderData && "opacity-60")}>
      <Totals stats={stats.data} />
      <Figures stats={stats.data} />
      {stats.data.top_products.length > 0 ? <TopProducts stats={stats.data} /> : null}
    </div>
  )
}

export function Earnings(props: Props): ReactNode {
  const { t } = useLingui()
  return (
    <section aria-label={t`Earned`} className="grid gap-6 rounded-2xl bg-surface p-6 ring-1 ring-line">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold text-lg">
          <Trans>Earned</Trans>
        </h2>
        <Periods {...props} />
      </div>
      <Body days={props.days} />
    </section>
  )
}
