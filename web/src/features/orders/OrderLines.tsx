// What was ordered, by seller, as it was frozen when it was ordered.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { money } from "../../lib/money"
import type { Order, OrderItem } from "../../lib/types"
import { Icon } from "../../ui/icons"
import { leavingItems } from "./status"

function License({ item }: { item: OrderItem }): ReactNode {
  const { license } = item
  if (!license) return null
  const { name, exclusive, terms } = license
  return (
    <>
      <p className="wrap-anywhere text-muted text-sm" dir="auto">
        {exclusive ? <Trans>{name}, exclusive</Trans> : name}
      </p>
      {terms ? (
        <details>
          <summary className="inline-flex min-h-8 items-center text-muted text-sm underline underline-offset-4 hover:text-text">
            <Trans>Terms of the licence</Trans>
          </summary>
          <p className="wrap-anywhere max-w-prose whitespace-pre-line py-1 text-sm" dir="auto">
            {terms}
          </p>
        </details>
      ) : null}
    </>
  )
}

interface LineProps {
  item: OrderItem
  currency: string
  isMine: boolean
  /** It goes back whole, as soon as the provider says so. */
  isLeaving: boolean
}

function Line({ item, currency, isMine, isLeaving }: LineProps): ReactNode {
  const { t } = useLingui()
  const { title, quantity, unit_price_cents, total_cents, refunded_cents } = item
  const each = money(unit_price_cents, currency)
  const refunded = money(refunded_cents, currency)
  const isRefunded = refunded_cents >= total_cents && refunded_cents > 0
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-1 py-3">
      <div className="grid min-w-0 justify-items-start gap-0.5">
        <h3 className="wrap-anywhere font-semibold leading-snug" dir="auto">
          <Link to="/products/$productId" params={{ productId: item.product_id }} className="hover:underline">
            {title}
          </Link>
        </h3>
        <License item={item} />
        {isMine && item.type !== "service" && !isRefunded && !isLeaving ? (
          <Link
            to="/library"
            className="inline-flex min-h-8 items-center gap-1.5 text-accent text-sm underline underline-offset-4"
            aria-label={t`Download ${title}`}
          >
            <Icon name="download" size={16} />
            <Trans>Download</Trans>
          </Link>
        ) : null}
        {isLeaving ? (
          <p className="text-muted text-sm">
            <Trans>Goes back: it cannot be downloaded now.</Trans>
          </p>
        ) : null}
      </div>
      <p className="tabular text-end font-semibold">
        {total_cents === 0 ? <Trans>Free</Trans> : money(total_cents, currency)}
        {quantity > 1 ? (
          <span className="block font-normal text-muted text-sm">
            {quantity} × {each}
          </span>
        ) : null}
        {refunded_cents > 0 ? (
          <span className="block font-normal text-muted text-sm">
            <Trans>{refunded} refunded</Trans>
          </span>
        ) : null}
      </p>
    </li>
  )
}

/** In the order in which each seller first stands in it. */
function bySeller(items: readonly OrderItem[]): [string, OrderItem[]][] {
  const names = [...new Set(items.map(({ seller_username }) => seller_username))]
  return names.map((name) => [name, items.filter(({ seller_username }) => seller_username === name)])
}

/** `isMine`: what was bought is in the reader's library. */
export function OrderLines({ order, isMine }: { order: Order; isMine: boolean }): ReactNode {
  const leaving = leavingItems(order)
  return (
    <div className="grid gap-6">
      {bySeller(order.items).map(([username, items]) => (
        <section key={username} aria-label={username}>
          <h2 className="border-line border-b pb-2 font-semibold">
            <Link to="/u/$username" params={{ username }} className="wrap-anywhere hover:underline">
              {username}
            </Link>
          </h2>
          <ul className="divide-y divide-line">
            {items.map((item) => (
              <Line
                key={item.id}
                item={item}
                currency={order.currency}
                isMine={isMine}
                isLeaving={item.type !== "service" && leaving.has(item.id)}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
