// Every transfer to a seller, and trying again what failed.
import { Plural, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { wholeNumber } from "../../lib/format"
import { money } from "../../lib/money"
import { TRANSFER_STATUSES } from "../../lib/transferStatus"
import { DateRange } from "../../ui/DateRange"
import { PagedList } from "../../ui/PagedList"
import { EmptyState } from "../../ui/states"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { TransferAmount } from "../../ui/TransferAmount"
import { TransferBadge, useTransferStatusNames } from "../../ui/TransferBadge"
import { AdminFrame } from "./AdminFrame"
import { transfersQuery } from "./api"
import { Code, Facts } from "./Facts"
import type { TransfersFilter } from "./filter"
import { Choice, Narrowed, NothingMatches, PersonName } from "./filters"
import { RetryButton } from "./RetryButton"
import type { AdminTransfer } from "./types"

interface Props {
  filter: TransfersFilter
  onFilter: (filter: TransfersFilter) => void
}

function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const names = useTransferStatusNames()
  return (
    <search className="mb-4 grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Choice
          label={t`Status`}
          value={filter.status}
          choices={TRANSFER_STATUSES}
          nameOf={(status) => names[status].name}
          onChoose={(status) => onFilter({ ...filter, status })}
        />
        <DateRange range={filter} onRange={(range) => onFilter({ ...filter, ...range })} />
      </div>
      {filter.seller_id ? (
        <div>
          <Narrowed name={t`Sold by`} onClear={() => onFilter({ ...filter, seller_id: undefined })}>
            <PersonName id={filter.seller_id} />
          </Narrowed>
        </div>
      ) : null}
    </search>
  )
}

function Closer({ transfer }: { transfer: AdminTransfer }): ReactNode {
  const { t } = useLingui()
  const amount = (cents: number): string | null => (cents > 0 ? money(cents, transfer.currency) : null)
  return (
    <Facts
      facts={[
        { name: t`Transfer`, value: <Code>{transfer.id}</Code> },
        {
          name: t`At the provider`,
          value: transfer.stripe_transfer_id ? <Code>{transfer.stripe_transfer_id}</Code> : null,
        },
        { name: t`Sent`, value: transfer.completed_at ? <Time at={transfer.completed_at} /> : null },
        { name: t`Taken back`, value: amount(transfer.reversed_cents) },
        { name: t`Kept back for a debt`, value: amount(transfer.recovered_cents) },
        { name: t`Error`, value: transfer.error },
      ]}
    />
  )
}

/** The server counts from the first failure on: what was sent at once has none. */
const triesOf = ({ retry_count, completed_at }: AdminTransfer): number => Math.max(retry_count, completed_at ? 1 : 0)

function Rows({ transfers }: { transfers: readonly AdminTransfer[] }): ReactNode {
  const { t } = useLingui()
  return (
    <Table
      caption={t`Transfers`}
      rows={transfers}
      keyOf={({ id }) => id}
      columns={[
        {
          name: t`Order`,
          cell: ({ order_id, order_number }) => (
            <Link to={`/orders/${order_id}` as "/"} className="whitespace-nowrap font-semibold hover:underline">
              {order_number}
            </Link>
          ),
          leads: true,
        },
        { name: t`Date`, cell: ({ created_at }) => <Time at={created_at} /> },
        {
          name: t`Seller`,
          cell: ({ seller_id, seller_username }) => (
            <Link to="/admin/transfers" search={{ seller_id }} className="wrap-break-word hover:underline">
              {seller_username}
            </Link>
          ),
        },
        {
          name: t`Status`,
          cell: (transfer) => (
            <div className="grid gap-1 max-lg:justify-items-end">
              <div>
                <TransferBadge {...transfer} />
              </div>
              {transfer.error && transfer.status !== "completed" ? (
                <p className="text-muted text-sm">{transfer.error}</p>
              ) : null}
            </div>
          ),
        },
        { name: t`Tries`, cell: (one) => wholeNumber(triesOf(one)), figures: true },
        { name: t`Fee`, cell: (one) => money(one.platform_fee_cents, one.currency), figures: true },
        {
          name: t`Amount`,
          cell: (one) => <TransferAmount {...one} />,
          figures: true,
        },
      ]}
      actions={{
        name: t`Actions`,
        render: (transfer) => <RetryButton transfer={transfer} />,
      }}
      detail={{
        label: t`More`,
        nameOf: ({ order_number, seller_username }) => `${order_number}, ${seller_username}`,
        render: (transfer) => <Closer transfer={transfer} />,
      }}
    />
  )
}

export function TransfersPage(props: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(transfersQuery(props.filter))
  return (
    <AdminFrame title={t`Transfers`} lead={t`What sellers are owed of each order, and whether it reached them.`}>
      <Filters {...props} />
      <PagedList
        list={list}
        rowsOf={({ transfers }) => transfers}
        failure={t`The transfers could not be read`}
        count={(total) => <Plural value={total} one="# transfer" other="# transfers" />}
        empty={
          Object.keys(props.filter).length > 0 ? (
            <NothingMatches onClear={() => props.onFilter({})} />
          ) : (
            <EmptyState icon="arrow" title={t`No transfers yet`} />
          )
        }
      >
        {(transfers) => <Rows transfers={transfers} />}
      </PagedList>
    </AdminFrame>
  )
}
