// A refund before it is asked for: which lines, how much of each, and what that comes to. Pure; the server judges anew.
import { parseAmount } from "../../../lib/money"
import type { NewRefund, OrderItem, OrderSummary, Refundable, User } from "../../../lib/types"

/** As whom somebody asks. An admin is that in their own orders, too, as the server sees it. */
export type Side = "buyer" | "seller" | "admin"

export const sideOf = (buyer_id: string, user: Pick<User, "id" | "role"> | null): Side =>
  user?.role === "admin" ? "admin" : user?.id === buyer_id ? "buyer" : "seller"

/** Of an order in a list as of one on its page. */
export type RefundOrder = Pick<
  OrderSummary,
  "id" | "number" | "status" | "items" | "refunded_cents" | "currency" | "buyer_id" | "buyer_username"
>

export interface RefundLine {
  item: OrderItem
  left_cents: number
  /** What is in the way now. */
  refused: { code: string; message: string } | null
  /** All of it or nothing. */
  isWhole: boolean
}

/** Lines in the order's own order. A buyer gives back something digital whole: in part it would stay theirs. */
export function linesOf(items: readonly OrderItem[], refundable: Refundable, side: Side): RefundLine[] {
  const found = new Map(refundable.items.map((one) => [one.item_id, one]))
  return items.flatMap((item) => {
    const one = found.get(item.id)
    if (!one) return []
    const { refundable_cents: left_cents, refused } = one
    return [{ item, left_cents, refused, isWhole: side === "buyer" && item.type !== "service" }]
  })
}

export interface LineDraft {
  isBack: boolean
  amount: string
}

/** What is filled in; `words` are those of another reason. */
export interface RefundDraft {
  lines: LineDraft[]
  reason: string
  words: string
  details: string
}

/** What goes back of a line: nothing when it is not chosen, or cannot be by now; null when what was typed cannot go back. */
export function centsOf(line: RefundLine, draft: LineDraft, currency: string): number | null {
  const { left_cents, isWhole, refused } = line
  if (!draft.isBack || refused) return 0
  if (isWhole) return left_cents
  const cents = parseAmount(draft.amount, currency)
  return cents !== null && cents >= 1 && cents <= left_cents ? cents : null
}

/** Null as long as something that was typed is no amount. */
export function sumOf(lines: readonly RefundLine[], drafts: readonly LineDraft[], currency: string): number | null {
  let sum = 0
  for (const [index, line] of lines.entries()) {
    const draft = drafts[index]
    const cents = draft ? centsOf(line, draft, currency) : 0
    if (cents === null) return null
    sum += cents
  }
  return sum
}

/** What is asked for says each line and each cent: nothing is left to what the server may find meanwhile. */
export function partsOf(
  lines: readonly RefundLine[],
  drafts: readonly LineDraft[],
  currency: string,
): NonNullable<NewRefund["items"]> {
  return lines.flatMap((line, index) => {
    const draft = drafts[index]
    const amount_cents = draft ? centsOf(line, draft, currency) : 0
    return amount_cents ? [{ item_id: line.item.id, amount_cents }] : []
  })
}

/** Why nothing at all can go back: a line that is through already is no reason beside another. */
export function whyNothing(lines: readonly RefundLine[]): RefundLine["refused"] {
  const reasons = lines.flatMap(({ refused }) => refused ?? [])
  return reasons.find(({ code }) => code !== "not_refundable") ?? reasons[0] ?? null
}
