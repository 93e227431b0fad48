// The books: what stands on each account, and whether orders, ledger and providers agree.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import { money } from "../../lib/money"
import { Button } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { ErrorState, Loading, Skeleton } from "../../ui/states"
import { Table } from "../../ui/Table"
import { Time } from "../../ui/Time"
import { toast } from "../../ui/toasts"
import { AdminFrame } from "./AdminFrame"
import { checkLedger, ledgerQuery } from "./api"
import { Code } from "./Facts"
import type { Difference, Ledger } from "./types"

interface AccountWords {
  name: string
  meaning: string
}

function useAccountNames(): Record<string, AccountWords> {
  const { t } = useLingui()
  return {
    provider_clearing: { name: t`At the providers`, meaning: t`What they hold for this server.` },
    payments: { name: t`Payments`, meaning: t`Paid by buyers and not yet split: empty but for a moment.` },
    platform_fee: { name: t`Fees`, meaning: t`What this server earned.` },
    seller_payable: { name: t`Owed to sellers`, meaning: t`Their shares that were not sent yet.` },
    seller_debt: { name: t`Owed by sellers`, meaning: t`Shares that went back after they were sent.` },
    refunds: { name: t`Refunds`, meaning: t`On its way back to buyers.` },
  }
}

type Balance = Ledger["balances"][number]

function Balances({ balances }: { balances: readonly Balance[] }): ReactNode {
  const { t } = useLingui()
  const accounts = useAccountNames()
  const currencies = [...new Set(balances.map(({ currency }) => currency))]
  const side = (sign: 1 | -1) => (row: Balance) =>
    sign * row.amount_cents > 0 || (sign === 1 && row.amount_cents === 0)
      ? money(sign * row.amount_cents, row.currency)
      : ""
  return (
    <section className="grid gap-3">
      <h2 className="font-semibold text-lg">
        <Trans>Accounts</Trans>
      </h2>
      {balances.length === 0 ? (
        <p className="text-muted">
          <Trans>Nothing was booked yet.</Trans>
        </p>
      ) : (
        <Table
          caption={t`Accounts`}
          rows={balances}
          keyOf={({ account, currency }) => `${account} ${currency}`}
          columns={[
            {
              name: t`Account`,
              cell: ({ account }) => (
                <>
                  <span className="font-semibold">{accounts[account]?.name ?? account}</span>
                  <span className="block text-muted text-sm">{accounts[account]?.meaning}</span>
                </>
              ),
              leads: true,
            },
            { name: t`Debit`, cell: side(1), figures: true },
            { name: t`Credit`, cell: side(-1), figures: true },
          ]}
        />
      )}
      {currencies.map((currency) => {
        const rest = balances
          .filter((row) => row.currency === currency)
          .reduce((sum, { amount_cents }) => sum + amount_cents, 0)
        return (
          <p key={currency} className="tabular text-muted text-sm lg:text-end">
            <Trans>
              Debits less credits: <span className="font-semibold text-text">{money(rest, currency)}</span>
            </Trans>
          </p>
        )
      })}
    </section>
  )
}

function DifferenceRow({ difference, currency }: { difference: Difference; currency: string }): ReactNode {
  const { sentence, code, difference_cents, subject_id } = difference
  return (
    <li className="grid gap-1 py-3">
      <div className="flex items-baseline justify-between gap-4">
        <p className="wrap-anywhere min-w-0">{sentence}</p>
        {typeof difference_cents === "number" ? (
          <p className="tabular whitespace-nowrap font-semibold">{money(difference_cents, currency)}</p>
        ) : null}
      </div>
      <p className="wrap-anywhere text-muted text-sm">
        <Code>{[code, subject_id].filter(Boolean).join(" · ")}</Code>
      </p>
    </li>
  )
}

function LastCheck({ ledger }: { ledger: Ledger }): ReactNode {
  const { t } = useLingui()
  const { last_check: check, balances } = ledger
  const currency = balances[0]?.currency ?? "EUR"
  const isGood = check?.is_balanced === true
  return (
    <section aria-label={t`Last check`} className="grid gap-3 rounded-2xl bg-surface p-6 ring-1 ring-line">
      <h2 className="flex items-center gap-2 font-semibold text-lg">
        {check ? (
          <span className={isGood ? "text-accent" : "text-danger"}>
            <Icon name={isGood ? "done" : "warning"} />
          </span>
        ) : null}
        {check ? isGood ? <Trans>All agrees</Trans> : <Trans>Something differs</Trans> : <Trans>Not checked yet</Trans>}
      </h2>
      <p className="text-muted">
        {check ? (
          <Trans>
            Ledger, orders and providers were last compared <Time at={check.checked_at} />.
          </Trans>
        ) : (
          <Trans>Ledger, orders and providers are compared every hour, or when you ask for it.</Trans>
        )}
      </p>
      {check && check.differences.length > 0 ? (
        <ul className="divide-y divide-line">
          {check.differences.map((difference) => (
            <DifferenceRow
              key={`${difference.code} ${difference.subject_id ?? ""} ${difference.sentence}`}
              difference={difference}
              currency={currency}
            />
          ))}
        </ul>
      ) : null}
    </section>
  )
}

function CheckButton(): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const check = useMutation({
    mutationFn: checkLedger,
    onSuccess: ({ is_balanced, unanswered }) => {
      if (!is_balanced) toast(t`Checked: something differs. It stands on this page.`, "error")
      else if (unanswered > 0)
        toast(t`Checked: nothing differs, but a provider did not answer for ${unanswered}.`, "error")
      else toast(t`Checked: all agrees.`)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ledgerQuery.queryKey }),
  })
  return (
    <div className="grid justify-items-end gap-1">
      <Button writes busy={check.isPending} onClick={() => check.mutate()}>
        <Trans>Check now</Trans>
      </Button>
      {check.error ? (
        <p role="alert" className="text-danger text-sm">
          {asApiError(check.error).message}
        </p>
      ) : null}
    </div>
  )
}

export function LedgerPage(): ReactNode {
  const { t } = useLingui()
  const ledger = useQuery(ledgerQuery)
  return (
    <AdminFrame
      title={t`Ledger`}
      lead={t`Every cent is booked twice; all accounts together come to nothing.`}
      actions={<CheckButton />}
    >
      {ledger.data ? (
        <div className="grid gap-8">
          <LastCheck ledger={ledger.data} />
          <Balances balances={ledger.data.balances} />
        </div>
      ) : ledger.isError ? (
        <ErrorState
          error={ledger.error}
          title={t`The ledger could not be read`}
          onRetry={() => void ledger.refetch()}
        />
      ) : (
        <Loading className="grid gap-4">
          <Skeleton className="h-28 rounded-2xl!" />
          <Skeleton className="h-64" />
        </Loading>
      )}
    </AdminFrame>
  )
}
