// Every order with something of mine in it, and what I earn of it.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { money } from "../../lib/money"
import { buttonClass } from "../../ui/Button"
import { OrderBadge } from "../../ui/OrderBadge"
import { PagedList } from "../../ui/PagedList"
import { EmptyState } from "../../ui/states"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { salesQuery } from "./api"
import { MoneyFrame } from "./MoneyFrame"
import { SaleLines } from "./SaleLines"
import type { Sale } from "./types"

function What({ sale }: { sale: Sale }): ReactNode {
  const [first, ...others] = sale.items
  return (
    <span dir="auto">
      {first?.title}
      {others.length > 0 ? (
        <span className="text-muted">
          {" "}
          <Plural value={others.length} one="and # more" other="and # more" />
        </span>
      ) : null}
    </span>
  )
}

interface Props {
  /** Gives money of a sale back; another feature's. */
  refund?: (sale: Sale) => ReactNode
}

function Tail({ sale, refund }: Props & { sale: Sale }): ReactNode {
  if (sale.status === "disputed") {
    return (
      <p className="text-danger text-sm">
        <Trans>
          The buyer disputes this payment with their bank. Until it is decided nothing of it can be given back.
        </Trans>
      </p>
    )
  }
  return isRefundable(sale) ? refund?.(sale) : null
}

/** Whether something of it is left, and nothing is under way or disputed. */
const isRefundable = ({ status, gross_cents, refunded_cents }: Sale): boolean =>
  (status === "completed" || status === "partially_refunded") && refunded_cents < gross_cents

function Rows({ sales, refund }: Props & { sales: readonly Sale[] }): ReactNode {
  const { t } = useLingui()
  return (
    <Table
      caption={t`Sales`}
      rows={sales}
      keyOf={({ id }) => id}
      columns={[
        {
          name: t`What`,
          cell: (sale) => (
            <span className="font-semibold">
              <What sale={sale} />
            </span>
          ),
          leads: true,
        },
        {
          name: t`Order`,
          cell: ({ id, number }) => (
            <Link to={`/orders/${id}` as "/"} className="whitespace-nowrap hover:underline">
              {number}
            </Link>
          ),
        },
        { name: t`Date`, cell: ({ created_at }) => <Time at={created_at} /> },
        { name: t`Buyer`, cell: ({ buyer_username }) => buyer_username },
        { name: t`Status`, cell: ({ status }) => <OrderBadge status={status} /> },
        { name: t`Sold for`, cell: (sale) => money(sale.gross_cents, sale.currency), figures: true },
        { name: t`Fee`, cell: (sale) => money(-sale.fee_cents, sale.currency), figures: true },
        {
          name: t`For you`,
          cell: (sale) => <span className="font-semibold">{money(sale.net_cents, sale.currency)}</span>,
          figures: true,
        },
      ]}
      detail={{
        label: t`Lines`,
        nameOf: ({ number }) => number,
        render: (sale) => (
          <SaleLines {...sale}>
            <Tail sale={sale} {...(refund ? { refund } : {})} />
          </SaleLines>
        ),
      }}
    />
  )
}

export function SalesPage({ refund }: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(salesQuery)
  return (
    <MoneyFrame title={t`Sales`} lead={t`Every order with something of yours in it.`}>
      <PagedList
        list={list}
        rowsOf={({ orders }) => orders}
        failure={t`Your sales could not be read`}
        count={(total) => <Plural value={total} one="# sale" other="# sales" />}
        empty={
          <EmptyState
            icon="tag"
            title={t`No sales yet`}
            action={
              <Link to="/sell/products" className={buttonClass("quiet")}>
                <Trans>My products</Trans>
              </Link>
            }
          >
            <Trans>As soon as somebody buys something of yours, it stands here.</Trans>
          </EmptyState>
        }
      >
        {(sales) => <Rows sales={sales} {...(refund ? { refund } : {})} />}
      </PagedList>
    </MoneyFrame>
  )
}
