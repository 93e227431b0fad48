// The end of the cart: what it all costs, what one agrees to, whom the invoice names, and the one button. It waits for the
// server's word; pressing it again never orders twice.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { type ApiError, asApiError } from "../../lib/errors"
import { money } from "../../lib/money"
import type { Billing, NewOrder, Quote } from "../../lib/types"
import { Button } from "../../ui/Button"
import { cx } from "../../ui/classes"
import { Notice } from "../../ui/states"
import { itemsOf } from "./api"
import { openAttempt } from "./attempts"
import { BillingFields, NO_BILLING } from "./BillingFields"
import type { CartLine } from "./cart"
import { Tick } from "./Tick"
import type { usePlaceOrder } from "./usePlaceOrder"

const SLOW_MS = 8000

interface Props {
  me: string
  lines: readonly CartLine[]
  quote: Quote
  /** The quote is of the lines as they are now. */
  isFresh: boolean
  order: ReturnType<typeof usePlaceOrder>
  /** Leads to the first line that cannot be bought. */
  onProblem: () => void
}

const hasProblem = ({ items }: Quote): boolean => items.some(({ problem }) => problem)

function toBilling(billing: Billing): Billing | null {
  const { name, address, country, vat_id } = billing
  const trimmed = { name: name.trim(), address: address.trim(), country, vat_id: vat_id.trim() }
  return Object.values(trimmed).some(Boolean) ? trimmed : null
}

export function Total({ quote, isFresh }: Pick<Props, "quote" | "isFresh">): ReactNode {
  const count = quote.items.filter(({ problem }) => !problem).length
  return (
    <div className="grid gap-1">
      <div className="flex items-baseline justify-between gap-4">
        <h2 className="font-semibold">
          <Trans>Total</Trans>
        </h2>
        <p className={cx("tabular font-bold text-3xl tracking-tight", !isFresh && "opacity-60")}>
          {money(quote.total_cents, quote.currency)}
        </p>
      </div>
      <p className="tabular text-muted text-sm">
        <Plural value={count} one="# work, VAT included" other="# works, VAT included" />
      </p>
    </div>
  )
}

function useIsSlow(isPending: boolean): boolean {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!isPending) return
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [isPending])
  return isSlow
}

function Failure({ failure }: { failure: ApiError }): ReactNode {
  const isBilling = failure.fields.some(({ field }) => field.startsWith("billing"))
  return (
    <div role="alert">
      <Notice tone="danger">
        {failure.status === 0 ? (
          <Trans>The server could not be reached. Try again: nothing is ordered twice.</Trans>
        ) : failure.code === "provider_unavailable" ? (
          <Trans>The payment provider does not answer. Your order is kept: try again in a moment.</Trans>
        ) : isBilling ? (
          <Trans>Something in the billing details is not right.</Trans>
        ) : (
          failure.message
        )}
      </Notice>
    </div>
  )
}

function billingErrors(failure: ApiError | null): Partial<Record<keyof Billing, string>> {
  const found = failure?.fields.filter(({ field }) => field.startsWith("billing.")) ?? []
  return Object.fromEntries(found.map(({ field, message }) => [field.slice("billing.".length), message]))
}

/** What must be agreed to: having it at once, and the licences that were chosen. Nothing of it for services. */
function useTicks({ lines, quote }: Pick<Props, "lines" | "quote">, isGiven: boolean) {
  const { t } = useLingui()
  const [ticked, setTicked] = useState({ access: isGiven, terms: isGiven })
  const [isAsked, setAsked] = useState(false)
  const access = useRef<HTMLInputElement>(null)
  const terms = useRef<HTMLInputElement>(null)
  const needs = {
    access: lines.some(({ is_service }) => !is_service),
    terms: quote.items.some(({ license_name }) => license_name !== null),
  }
  const missing = { access: needs.access && !ticked.access, terms: needs.terms && !ticked.terms }
  const error = (isMissing: boolean): string | undefined =>
    isAsked && isMissing ? t`Tick this box to go on.` : undefined
  /** Whether all is ticked; leads to what is not. */
  const check = (): boolean => {
    setAsked(true)
    if (missing.access) access.current?.focus()
    else if (missing.terms) terms.current?.focus()
    return !(missing.access || missing.terms)
  }
  const boxes = (
    <>
      {needs.access ? (
        <Tick
          ref={access}
          checked={ticked.access}
          onChange={(checked) => setTicked({ ...ticked, access: checked })}
          error={error(missing.access)}
        >
          <Trans>I want it at once: as soon as it is paid, I can download it.</Trans>
        </Tick>
      ) : null}
      {needs.terms ? (
        <Tick
          ref={terms}
          checked={ticked.terms}
          onChange={(checked) => setTicked({ ...ticked, terms: checked })}
          error={error(missing.terms)}
        >
          <Trans>I accept the terms of the licences that I chose.</Trans>
        </Tick>
      ) : null}
    </>
  )
  return { boxes, check, isDigital: needs.access }
}

function PayLabel({ order, quote, isSlow }: Pick<Props, "order" | "quote"> & { isSlow: boolean }): ReactNode {
  const amount = money(quote.total_cents, quote.currency)
  if (order.isPending) return isSlow ? <Trans>Still working…</Trans> : <Trans>Placing your order…</Trans>
  if (quote.total_cents === 0) return hasProblem(quote) ? <Trans>Pay</Trans> : <Trans>Get it free</Trans>
  return order.error && asApiError(order.error).code === "provider_unavailable" ? (
    <Trans>Try again: pay {amount}</Trans>
  ) : (
    <Trans>Pay {amount}</Trans>
  )
}

export function Checkout({ me, lines, quote, isFresh, order, onProblem }: Props): ReactNode {
  const items = itemsOf(lines)
  const open = order.isIdle ? openAttempt(me, items) : undefined
  const [billing, setBilling] = useState(open?.body.billing ?? NO_BILLING)
  const ticks = useTicks({ lines, quote }, open !== undefined)
  const isSlow = useIsSlow(order.isPending)
  const failure = order.error ? asApiError(order.error) : null
  const isFree = quote.total_cents === 0 && !hasProblem(quote)
  const pay = (): void => {
    if (hasProblem(quote)) onProblem()
    else if (ticks.check()) {
      const body: NewOrder = { items, payment_method: "card", billing: toBilling(billing) }
      order.mutate({ me, body, expected_cents: quote.total_cents })
    }
  }
  return (
    <>
      <BillingFields billing={billing} onBilling={setBilling} errors={billingErrors(failure)} />
      <div>{ticks.boxes}</div>
      {open ? (
        <Notice>
          <Trans>You were about to order this. The button goes on from there: nothing is ordered twice.</Trans>
        </Notice>
      ) : null}
      {failure ? <Failure failure={failure} /> : null}
      <Button
        writes
        busy={order.isPending}
        aria-disabled={!isFresh}
        onClick={pay}
        className="tabular min-h-12 text-lg"
        data-pay=""
      >
        <PayLabel order={order} quote={quote} isSlow={isSlow} />
      </Button>
      <div className="grid gap-2 text-muted text-sm">
        {isFree ? null : (
          <p>
            <Trans>You pay on the payment provider’s page. This server never sees your card.</Trans>
          </p>
        )}
        {ticks.isDigital && !isFree ? (
          <p>
            <Trans>Money back within 14 days, as long as you have not downloaded it.</Trans>
          </p>
        ) : null}
      </div>
    </>
  )
}
