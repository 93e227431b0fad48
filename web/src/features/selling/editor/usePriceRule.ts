// What may stand in a field for a price, and what is said of what stands there.
import { useLingui } from "@lingui/react/macro"
import { money } from "../../../lib/money"
import { isPrice, PRICE_LEAST_CENTS, PRICE_MOST_CENTS, toCents } from "./draft"

export function usePriceRule(currency: string) {
  const { t } = useLingui()
  const least = money(PRICE_LEAST_CENTS, currency)
  const most = money(PRICE_MOST_CENTS, currency)
  const range = t`Either free, or from ${least} to ${most}.`
  return {
    range,
    validate: (price: string): true | string => {
      const cents = toCents(price, currency)
      if (cents === null) return t`Type an amount, such as ${money(950, currency)}.`
      return isPrice(cents) || range
    },
    /** What the buyer will see. */
    reading: (price: string): string => {
      const cents = toCents(price, currency)
      if (!isPrice(cents)) return t`Free, or at least ${least}.`
      if (cents === 0) return t`Free for everybody. A price is at least ${least}.`
      const amount = money(cents, currency)
      return t`Buyers pay ${amount}.`
    },
  }
}
