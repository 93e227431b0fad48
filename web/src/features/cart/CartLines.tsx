// The lines of the cart, by seller.
import { Plural, Trans } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { money } from "../../lib/money"
import type { Quote, QuoteItem } from "../../lib/types"
import { Button } from "../../ui/Button"
import { Notice } from "../../ui/states"
import { CartRow } from "./CartRow"
import { type CartLine, keyOf } from "./cart"

/** What nothing helps against but to take it out. */
const STUCK = ["unavailable", "own_product", "sold_out", "already_owned"]

interface Group {
  seller: string | null
  lines: CartLine[]
}

/** By seller, in the order in which each first stands in the cart. */
function groupsOf(lines: readonly CartLine[], itemOf: (line: CartLine) => QuoteItem | undefined): Group[] {
  const groups = new Map<string | null, Group>()
  for (const line of lines) {
    const seller = itemOf(line)?.seller_username ?? null
    const group = groups.get(seller) ?? { seller, lines: [] }
    group.lines.push(line)
    groups.set(seller, group)
  }
  return [...groups.values()]
}

function GroupHead({ group, sum, currency }: { group: Group; sum: number; currency: string }): ReactNode {
  const { seller: username, lines } = group
  if (username === null) return null
  return (
    <div className="flex items-baseline justify-between gap-4 border-line border-b pb-2">
      <h2 className="min-w-0 font-semibold">
        <Link to="/u/$username" params={{ username }} className="wrap-anywhere hover:underline">
          {username}
        </Link>
      </h2>
      {lines.length > 1 ? <p className="tabular text-muted text-sm">{money(sum, currency)}</p> : null}
    </div>
  )
}

interface Props {
  lines: readonly CartLine[]
  quote: Quote
  refusals: ReadonlyMap<string, string>
  onRemove: (lines: readonly CartLine[]) => void
  onMend: (line: CartLine, change: Partial<Pick<CartLine, "quantity" | "license_id">>) => void
}

export function CartLines({ lines, quote, refusals, onRemove, onMend }: Props): ReactNode {
  const items = new Map(quote.items.map((item) => [keyOf(item), item]))
  const itemOf = (line: CartLine): QuoteItem | undefined => items.get(keyOf(line))
  const costOf = (item: QuoteItem | undefined): number => (item?.problem ? 0 : (item?.total_cents ?? 0))
  const sumOf = (group: Group): number => group.lines.reduce((sum, line) => sum + costOf(itemOf(line)), 0)
  const stuck = lines.filter((line) => STUCK.includes(itemOf(line)?.problem?.code ?? ""))
  return (
    <div className="grid gap-6">
      {stuck.length > 1 ? (
        <Notice tone="warn">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <span>
              <Plural value={stuck.length} other="# works in your cart cannot be bought." />
            </span>
            <Button look="quiet" onClick={() => onRemove(stuck)}>
              <Trans>Take them out</Trans>
            </Button>
          </div>
        </Notice>
      ) : null}
      {groupsOf(lines, itemOf).map((group) => (
        <section key={group.seller ?? ""} aria-label={group.seller ?? undefined}>
          <GroupHead group={group} sum={sumOf(group)} currency={quote.currency} />
          <ul className="divide-y divide-line">
            {group.lines.map((line) => (
              <CartRow
                key={keyOf(line)}
                line={line}
                item={itemOf(line)}
                currency={quote.currency}
                refusal={refusals.get(keyOf(line))}
                onRemove={() => onRemove([line])}
                onMend={(change) => onMend(line, change)}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
