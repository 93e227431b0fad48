// What happened to an order, step by step, the oldest first.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { absoluteTime } from "../../lib/format"
import type { Order } from "../../lib/types"
import { Icon } from "../../ui/icons"
import type { Side } from "./refund/draft"
import { useEventWords } from "./useOrderWords"

export function Timeline({ order, side }: { order: Order; side: Side }): ReactNode {
  const wordsOf = useEventWords(order, side)
  if (order.timeline.length === 0) return null
  return (
    <section className="grid gap-2">
      <h2 className="font-semibold text-sm">
        <Trans>What happened</Trans>
      </h2>
      <ol className="grid gap-3">
        {order.timeline.map((event) => {
          const { name, why, icon } = wordsOf(event)
          return (
            <li
              key={`${event.kind} ${event.created_at}`}
              className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm"
            >
              <span className="pt-0.5 text-muted">
                <Icon name={icon} size={18} />
              </span>
              <div>
                <p>{name}</p>
                {why ? <p className="text-muted">{why}</p> : null}
                <time dateTime={event.created_at} className="tabular text-muted">
                  {absoluteTime(event.created_at)}
                </time>
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
