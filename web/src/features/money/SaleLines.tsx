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
  /** What of what was sent was taken back, and what of it was kept back for what one owed. */
  reversed_cents?: number
  recovered_cents?: number
  currency: string
  /** What can be done with it. */
  children?: ReactNode
}

function Line({ item, currency }: { item: OrderItem; currency: string }): ReactNode {
  const { title, license, quantity, total_cents, refunded_cents } = item
  const refunded = money(refunded_cents, currency)
  return (
    <li className="flex items-baseline justify-between gap-4 py-2">
      <span className="wrap-anywhere min-w-0" dir="auto">
        {title}
        {license ? <span className="text-muted"> · {license.name}</span> : null}
        {quantity > 1 ? <span className="tabular text-muted"> × {quantity}</span> : null}
      </span>
      <span className="tabular whitespace-nowrap text-end">
        {money(total_cents, currency)}
        {refunded_cents > 0 ? (
          <span className="block text-muted text-sm">
            <Trans>{refunded} refunded</Trans>
          </span>
        ) : null}
      </span>
    </li>
  )
}

function Sum({ name, amount, strong = false }: { name: ReactNode; amount: string; strong?: boolean }): ReactNode {
  return (
    <div className={strong ? "flex justify-between gap-4 font-semibold" : "flex justify-between gap-4 text-muted"}>
      <dt>{name}</dt>
      <dd className="tabular whitespace-nowrap">{amount}</dd>
    </div>
  )
}

export function SaleLines(props: Props): ReactNode {
  const { items, gross_cents, fee_cents, net_cents, currency, children } = props
  const { refunded_cents = 0, reversed_cents = 0, recovered_cents = 0 } = props
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
        {reversed_cents > 0 ? (
          <Sum name={<Trans>Taken back from your account</Trans>} amount={money(-reversed_cents, currency)} />
        ) : null}
        {recovered_cents > 0 ? (
          <Sum name={<Trans>Kept back for what you owed</Trans>} amount={money(-recovered_cents, currency)} />
        ) : null}
      </dl>
      {children ? <div className="flex flex-wrap justify-end gap-2 pt-2 empty:hidden">{children}</div> : null}
    </div>
  )
}
