// Lines of an order that are one's own, and what they come to: gross, less the fee, is what one earns.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { money } from "../../lib/money"
import type { OrderItem } from "./types"

interface Props {
  items: readonly OrderItem[]
  gross_cents: number
  fee_cents: number
  net_cents: number
  /** What of it went back to the buyer. */
  refunded_cents?: number
  currency: string
}

function Line({ item, currency }: { item: OrderItem; currency: string }): ReactNode {
  const { title, license, quantity, total_cents } = item
  return (
    <li className="flex items-baseline justify-between gap-4 py-2">
      <span className="wrap-anywhere min-w-0" dir="auto">
        {title}
        {license ? <span className="text-muted"> · {license.name}</span> : null}
        {quantity > 1 ? <span className="tabular text-muted"> × {quantity}</span> : null}
      </span>
      <span className="tabular whitespace-nowrap">{money(total_cents, currency)}</span>
    </li>
  )
}

function Sum({ name, amount, strong = false }: { name: ReactNode; amount: string; strong?: boolean }): ReactNode {
  return (
    <div className={strong ? "flex justify-between gap-4 font-semibold" : "flex justify-between gap-4 text-muted"}>
      <dt>{name}</dt>
      <dd className="tabular">{amount}</dd>
    </div>
  )
}

export function SaleLines(props: Props): ReactNode {
  const { items, gross_cents, fee_cents, net_cents, refunded_cents = 0, currency } = props
  return (
    <div className="grid gap-2 rounded-xl bg-sunken p-4 lg:ms-auto lg:max-w-xl">
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <Line key={item.id} item={item} currency={currency} />
        ))}
      </ul>
      <dl className="grid gap-1 border-line border-t pt-2">
        <Sum name={<Trans>Sold for</Trans>} amount={money(gross_cents, currency)} />
        <Sum name={<Trans>Fee</Trans>} amount={money(-fee_cents, currency)} />
        <Sum name={<Trans>You earned</Trans>} amount={money(net_cents, currency)} strong />
        {refunded_cents > 0 ? <Sum name={<Trans>Refunded</Trans>} amount={money(-refunded_cents, currency)} /> : null}
      </dl>
    </div>
  )
}
