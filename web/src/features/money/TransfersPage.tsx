// What of each order is on its way to the seller's account: filtered, opened, and as a file for the books.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import { money } from "../../lib/money"
import { saveFile } from "../../lib/saveFile"
import { TRANSFER_STATUSES } from "../../lib/transferStatus"
import { Button } from "../../ui/Button"
import { DateRange } from "../../ui/DateRange"
import { SelectField } from "../../ui/Field"
import { Icon } from "../../ui/icons"
import { PagedList } from "../../ui/PagedList"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { TransferAmount } from "../../ui/TransferAmount"
import { TransferBadge, useTransferStatusNames } from "../../ui/TransferBadge"
import { orderQuery, transfersFile, transfersQuery } from "./api"
import { fileName, type TransfersFilter } from "./filter"
import { MoneyFrame } from "./MoneyFrame"
import { SaleLines } from "./SaleLines"
import type { Transfer } from "./types"

interface Props {
  filter: TransfersFilter
  onFilter: (filter: TransfersFilter) => void
}

function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const names = useTransferStatusNames()
  return (
    <search className="mb-4 grid gap-3 sm:grid-cols-2">
      <SelectField
        label={t`Status`}
        value={filter.status ?? ""}
        onChange={({ target }) =>
          onFilter({ ...filter, status: TRANSFER_STATUSES.find((status) => status === target.value) })
        }
      >
        <option value="">{t`All`}</option>
        {TRANSFER_STATUSES.map((status) => (
          <option key={status} value={status}>
            {names[status].name}
          </option>
        ))}
      </SelectField>
      <DateRange range={filter} onRange={(range) => onFilter({ ...filter, ...range })} />
    </search>
  )
}

function CsvButton({ filter }: Pick<Props, "filter">): ReactNode {
  const fetchFile = useMutation({
    mutationFn: () => transfersFile(filter),
    onSuccess: (file) => saveFile(file, fileName(filter, new Date().toISOString().slice(0, 10))),
  })
  return (
    <div className="flex flex-wrap items-center gap-3">
      {fetchFile.error ? (
        <p role="alert" className="text-danger text-sm">
          {asApiError(fetchFile.error).message}
        </p>
      ) : null}
      <Button look="quiet" busy={fetchFile.isPending} onClick={() => fetchFile.mutate()}>
        <Icon name="download" size={18} />
        <Trans>Download as CSV</Trans>
      </Button>
    </div>
  )
}

/** The sale that a transfer comes from. */
function Inside({ transfer }: { transfer: Transfer }): ReactNode {
  const { t } = useLingui()
  const order = useQuery(orderQuery(transfer.order_id))
  if (order.isPending) {
    return (
      <Loading>
        <Skeleton className="h-32 rounded-xl!" />
      </Loading>
    )
  }
  if (order.isError) {
    return <ErrorState error={order.error} title={t`The sale could not be read`} onRetry={() => void order.refetch()} />
  }
  const { platform_fee_cents: fee_cents, reversed_cents, recovered_cents, currency } = transfer
  const { items } = order.data
  // Of a transfer that was not sent yet a refund leaves less; what was sold stays what it was.
  const gross_cents = items.reduce((sum, { total_cents }) => sum + total_cents, 0)
  return (
    <SaleLines
      items={items}
      gross_cents={gross_cents}
      fee_cents={fee_cents}
      net_cents={gross_cents - fee_cents}
      refunded_cents={items.reduce((sum, one) => sum + one.refunded_cents, 0)}
      reversed_cents={reversed_cents}
      recovered_cents={recovered_cents}
      currency={currency}
    />
  )
}

function Rows({ transfers }: { transfers: readonly Transfer[] }): ReactNode {
  const { t } = useLingui()
  return (
    <Table
      caption={t`Transfers`}
      rows={transfers}
      keyOf={({ id }) => id}
      columns={[
        {
          name: t`Order`,
          cell: ({ order_number }) => <span className="font-semibold">{order_number}</span>,
          leads: true,
        },
        { name: t`Date`, cell: ({ created_at }) => <Time at={created_at} /> },
        { name: t`Status`, cell: (transfer) => <TransferBadge {...transfer} /> },
        { name: t`Fee`, cell: (one) => money(-one.platform_fee_cents, one.currency), figures: true },
        {
          name: t`For you`,
          cell: (one) => <TransferAmount {...one} />,
          figures: true,
        },
      ]}
      detail={{
        label: t`Sale`,
        nameOf: ({ order_number }) => order_number,
        render: (transfer) => <Inside transfer={transfer} />,
      }}
    />
  )
}

function Nothing({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  if (Object.keys(filter).length > 0) {
    return (
      <EmptyState
        icon="search"
        title={t`Nothing here matches`}
        action={
          <Button look="quiet" onClick={() => onFilter({})}>
            <Trans>Show all transfers</Trans>
          </Button>
        }
      />
    )
  }
  return (
    <EmptyState icon="arrow" title={t`No transfers yet`}>
      <Trans>Your share of every paid order is sent to your account, and stands here.</Trans>
    </EmptyState>
  )
}

export function TransfersPage(props: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(transfersQuery(props.filter))
  return (
    <MoneyFrame title={t`Transfers`} lead={t`Your share of each order, on its way to your account.`}>
      <Filters {...props} />
      <PagedList
        list={list}
        rowsOf={({ transfers }) => transfers}
        failure={t`Your transfers could not be read`}
        empty={<Nothing {...props} />}
        count={(total) => <Plural value={total} one="# transfer" other="# transfers" />}
        aside={<CsvButton filter={props.filter} />}
      >
        {(transfers) => <Rows transfers={transfers} />}
      </PagedList>
    </MoneyFrame>
  )
}
