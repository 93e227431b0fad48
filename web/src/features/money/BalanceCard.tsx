// What the provider holds for a seller, and what is not there yet. Two large figures that stay where they are.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { money } from "../../lib/money"
import { ErrorState, Loading, Notice, Skeleton } from "../../ui/states"
import { balanceQuery } from "./api"
import type { Balance } from "./types"

function Figure({ name, amount, children }: { name: string; amount: string; children: ReactNode }): ReactNode {
  return (
    <div className="grid content-start gap-1">
      <dt className="font-semibold text-muted text-sm">{name}</dt>
      <dd className="tabular font-semibold text-4xl tracking-tight">{amount}</dd>
      <dd className="text-muted text-sm">{children}</dd>
    </div>
  )
}

function Figures({ balance }: { balance: Balance }): ReactNode {
  const { t } = useLingui()
  const { available, pending, debt, currency, connected } = balance
  const owed = money(debt, currency)
  return (
    <>
      <dl className="grid gap-6 sm:grid-cols-2">
        <Figure name={t`Available`} amount={money(available, currency)}>
          <Trans>Yours at the payout provider, who sends it on to your bank.</Trans>
        </Figure>
        <Figure name={t`Pending`} amount={money(pending, currency)}>
          {connected ? (
            <Trans>On its way to you, or not yet released by the provider.</Trans>
          ) : (
            <Trans>Earned, and waiting here until you have a payout account.</Trans>
          )}
        </Figure>
      </dl>
      {debt > 0 ? (
        <Notice tone="warn">
          <p className="tabular font-semibold">
            <Trans>{owed} to come back from you</Trans>
          </p>
          <p>
            <Trans>
              Buyers were given money back for sales that were sent to you already. Your share of it is taken out of
              your account; where that holds too little, it is kept back from your next sales. You need do nothing.
            </Trans>
          </p>
        </Notice>
      ) : null}
      {available < 0 ? (
        <Notice tone="warn">
          <Trans>Below zero: more was taken back than had come in. Your next sales fill it up first.</Trans>
        </Notice>
      ) : null}
    </>
  )
}

export function BalanceCard(): ReactNode {
  const { t } = useLingui()
  const balance = useQuery(balanceQuery)
  return (
    <section aria-label={t`Balance`} className="grid content-start gap-4 rounded-2xl bg-surface p-6 ring-1 ring-line">
      <h2 className="font-semibold text-lg">
        <Trans>Balance</Trans>
      </h2>
      {balance.data ? (
        <Figures balance={balance.data} />
      ) : balance.isError ? (
        <ErrorState
          error={balance.error}
          title={t`Your balance could not be read`}
          onRetry={() => void balance.refetch()}
        />
      ) : (
        <Loading className="grid gap-6 sm:grid-cols-2">
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
        </Loading>
      )}
    </section>
  )
}
