// What an admin wants to know first: does the money agree, and does anything wait for a person.
import { Trans, useLingui } from "@lingui/react/macro"
import { type UseQueryOptions, useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import { wholeNumber } from "../../lib/format"
import { cx } from "../../ui/classes"
import { Icon } from "../../ui/icons"
import { Skeleton } from "../../ui/states"
import { Time } from "../../ui/Time"
import { AdminFrame } from "./AdminFrame"
import { countQuery, ledgerQuery } from "./api"

type Counted = Parameters<typeof countQuery>[0]

const PAGES = {
  orders: "/admin/orders",
  transfers: "/admin/transfers",
  webhooks: "/admin/webhooks",
  users: "/admin/users",
} as const

function Unread({ query }: { query: { error: unknown; refetch: () => unknown } }): ReactNode {
  return (
    <button
      type="button"
      title={asApiError(query.error).message}
      onClick={() => void query.refetch()}
      className="min-h-11 rounded-lg px-2 font-semibold text-danger text-sm hover:bg-quiet"
    >
      <Trans>Not read. Try again</Trans>
    </button>
  )
}

/** How many there are, and the way to them. What waits for a person is marked as soon as there is one. */
function Count({ counted, name, waits = false }: { counted: Counted; name: string; waits?: boolean }): ReactNode {
  const query = useQuery(countQuery(counted) as UseQueryOptions<number>)
  const marked = waits && (query.data ?? 0) > 0
  return (
    <li className="flex min-h-11 items-center justify-between gap-4">
      <Link to={PAGES[counted.of]} search={counted.filter as never} className="hover:underline">
        {name}
      </Link>
      {query.data === undefined ? (
        query.isError ? (
          <Unread query={query} />
        ) : (
          <Skeleton className="h-6 w-10" />
        )
      ) : (
        <span className={cx("tabular inline-flex items-center gap-1.5 font-semibold text-lg", marked && "text-warn")}>
          {marked ? <Icon name="warning" size={18} /> : null}
          {wholeNumber(query.data)}
        </span>
      )}
    </li>
  )
}

function Card({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section aria-label={title} className="grid content-start gap-2 rounded-2xl bg-surface p-6 ring-1 ring-line">
      <h2 className="font-semibold text-lg">{title}</h2>
      {children}
    </section>
  )
}

function MoneyCard(): ReactNode {
  const { t } = useLingui()
  const ledger = useQuery(ledgerQuery)
  const check = ledger.data?.last_check
  return (
    <Card title={t`Money`}>
      {ledger.data ? (
        <Link to={"/admin/ledger"} className="flex min-h-11 items-center gap-2 hover:underline">
          {check ? (
            <span className={check.is_balanced ? "text-accent" : "text-danger"}>
              <Icon name={check.is_balanced ? "done" : "warning"} />
            </span>
          ) : null}
          <span className="font-semibold">
            {check ? (
              check.is_balanced ? (
                <Trans>All agrees</Trans>
              ) : (
                <Trans>Something differs</Trans>
              )
            ) : (
              <Trans>Not checked yet</Trans>
            )}
          </span>
        </Link>
      ) : ledger.isError ? (
        <Unread query={ledger} />
      ) : (
        <Skeleton className="h-11" />
      )}
      {check ? (
        <p className="text-muted text-sm">
          <Time at={check.checked_at} />
        </p>
      ) : null}
    </Card>
  )
}

export function OverviewPage(): ReactNode {
  const { t } = useLingui()
  return (
    <AdminFrame title={t`Admin`} lead={t`What needs a person, and the way to everything else.`}>
      <div className="grid gap-4 md:grid-cols-2">
        <MoneyCard />
        <Card title={t`Transfers`}>
          <ul>
            <Count counted={{ of: "transfers", filter: { status: "permanently_failed" } }} name={t`Failed`} waits />
            <Count counted={{ of: "transfers", filter: { status: "failed" } }} name={t`Failed, will be tried again`} />
            <Count
              counted={{ of: "transfers", filter: { status: "waiting_for_seller" } }}
              name={t`Waiting for a payout account`}
            />
          </ul>
        </Card>
        <Card title={t`Webhooks`}>
          <ul>
            <Count counted={{ of: "webhooks", filter: { status: "flagged" } }} name={t`Needs a look`} waits />
            <Count counted={{ of: "webhooks", filter: { status: "failed" } }} name={t`Failed`} waits />
            <Count counted={{ of: "webhooks", filter: { status: "received" } }} name={t`Not handled yet`} />
          </ul>
        </Card>
        <Card title={t`Orders`}>
          <ul>
            <Count counted={{ of: "orders", filter: {} }} name={t`All`} />
            <Count counted={{ of: "orders", filter: { status: "completed" } }} name={t`Paid`} />
            <Count counted={{ of: "orders", filter: { status: "disputed" } }} name={t`Disputed`} waits />
          </ul>
        </Card>
        <Card title={t`People`}>
          <ul>
            <Count counted={{ of: "users", filter: {} }} name={t`All`} />
            <Count counted={{ of: "users", filter: { suspended: "true" } }} name={t`Suspended`} />
          </ul>
        </Card>
      </div>
    </AdminFrame>
  )
}
