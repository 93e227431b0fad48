// Every order of this server.
import { Plural, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { wholeNumber } from "../../lib/format"
import { money } from "../../lib/money"
import { ORDER_STATUSES } from "../../lib/orderStatus"
import { DateRange } from "../../ui/DateRange"
import { OrderBadge, useOrderStatusNames } from "../../ui/OrderBadge"
import { PagedList } from "../../ui/PagedList"
import { SearchBox } from "../../ui/SearchBox"
import { EmptyState } from "../../ui/states"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { AdminFrame } from "./AdminFrame"
import { ordersQuery } from "./api"
import { type OrdersFilter, SEARCH_MAX } from "./filter"
import { Choice, Narrowed, NothingMatches, PersonName } from "./filters"
import type { AdminOrder } from "./types"

interface Props {
  filter: OrdersFilter
  onFilter: (filter: OrdersFilter) => void
}

function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const names = useOrderStatusNames()
  const { buyer_id, seller_id } = filter
  return (
    <div className="mb-4 grid gap-3">
      <SearchBox
        key={filter.search ?? ""}
        label={t`Search orders`}
        placeholder={t`Number or username`}
        words={filter.search ?? ""}
        most={SEARCH_MAX}
        onSearch={(search) => onFilter({ ...filter, search: search || undefined })}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Choice
          label={t`Status`}
          value={filter.status}
          choices={ORDER_STATUSES}
          nameOf={(status) => names[status].name}
          onChoose={(status) => onFilter({ ...filter, status })}
        />
        <DateRange range={filter} onRange={(range) => onFilter({ ...filter, ...range })} />
      </div>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {buyer_id ? (
          <Narrowed name={t`Bought by`} onClear={() => onFilter({ ...filter, buyer_id: undefined })}>
            <PersonName id={buyer_id} />
          </Narrowed>
        ) : null}
        {seller_id ? (
          <Narrowed name={t`Sold by`} onClear={() => onFilter({ ...filter, seller_id: undefined })}>
            <PersonName id={seller_id} />
          </Narrowed>
        ) : null}
      </div>
    </div>
  )
}

function Rows({ orders }: { orders: readonly AdminOrder[] }): ReactNode {
  const { t } = useLingui()
  return (
    <Table
      caption={t`Orders`}
      rows={orders}
      keyOf={({ id }) => id}
      columns={[
        {
          name: t`Order`,
          cell: ({ id, number }) => (
            <Link to={`/orders/${id}` as "/"} className="whitespace-nowrap font-semibold hover:underline">
              {number}
            </Link>
          ),
          leads: true,
        },
        { name: t`Date`, cell: ({ created_at }) => <Time at={created_at} /> },
        {
          name: t`Buyer`,
          cell: ({ buyer_id, buyer_username }) => (
            <Link to="/admin/orders" search={{ buyer_id }} className="wrap-break-word hover:underline">
              {buyer_username}
            </Link>
          ),
        },
        { name: t`Status`, cell: ({ status }) => <OrderBadge status={status} /> },
        { name: t`Lines`, cell: ({ items }) => wholeNumber(items), figures: true },
        { name: t`Sellers`, cell: ({ sellers }) => wholeNumber(sellers), figures: true },
        {
          name: t`Refunded`,
          cell: ({ refunded_cents, currency }) => (refunded_cents > 0 ? money(refunded_cents, currency) : "–"),
          figures: true,
        },
        {
          name: t`Total`,
          cell: ({ total_cents, currency }) => <span className="font-semibold">{money(total_cents, currency)}</span>,
          figures: true,
        },
      ]}
    />
  )
}

export function OrdersPage(props: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(ordersQuery(props.filter))
  return (
    <AdminFrame title={t`Orders`} lead={t`Every order of this server.`}>
      <Filters {...props} />
      <PagedList
        list={list}
        rowsOf={({ orders }) => orders}
        failure={t`The orders could not be read`}
        count={(total) => <Plural value={total} one="# order" other="# orders" />}
        empty={
          Object.keys(props.filter).length > 0 ? (
            <NothingMatches onClear={() => props.onFilter({})} />
          ) : (
            <EmptyState icon="tag" title={t`No orders yet`} />
          )
        }
      >
        {(orders) => <Rows orders={orders} />}
      </PagedList>
    </AdminFrame>
  )
}
