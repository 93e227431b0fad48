// A seller's share of an order, and what of it did not stay: taken back after it was sent, or kept back for what they owed.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { money } from "../lib/money"

interface Props {
  amount_cents: number
  reversed_cents: number
  recovered_cents: number
  currency: string
}

export function TransferAmount({ amount_cents, reversed_cents, recovered_cents, currency }: Props): ReactNode {
  const reversed = money(-reversed_cents, currency)
  const recovered = money(-recovered_cents, currency)
  return (
    <>
      <span className="font-semibold">{money(amount_cents, currency)}</span>
      {reversed_cents > 0 ? (
        <span className="block text-muted text-sm">
          <Trans>{reversed} taken back</Trans>
        </span>
      ) : null}
      {recovered_cents > 0 ? (
        <span className="block text-muted text-sm">
          <Trans>{recovered} kept back</Trans>
        </span>
      ) : null}
    </>
  )
}
