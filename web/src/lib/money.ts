// Money as people read and type it. Inside the app it is always whole cents and a currency; no floating point touches it.
import { i18n } from "@lingui/core"

const made = new Map<string, Intl.NumberFormat>()

function formatter(currency: string): Intl.NumberFormat {
  const locale = i18n.locale || "en"
  const key = `${locale} ${currency}`
  const found = made.get(key) ?? new Intl.NumberFormat(locale, { style: "currency", currency })
  made.set(key, found)
  return found
}

/** How many digits the currency has after the point: 2 for EUR, 0 for JPY. */
const digitsOf = (currency: string): number => formatter(currency).resolvedOptions().maximumFractionDigits ?? 2

/** 1250 → "12.50", without any separator of thousands: what a number is made from again. */
function decimal(cents: number, digits: number): string {
  const sign = cents < 0 ? "-" : ""
  const text = String(Math.abs(cents)).padStart(digits + 1, "0")
  return sign + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`)
}

/** "€12.50", in the reader's language. */
export const money = (cents: number, currency: string): string =>
  formatter(currency).format(decimal(cents, digitsOf(currency)) as `${number}`)

/** The currency's sign as the reader's language writes it. */
export const currencySign = (currency: string): string =>
  formatter(currency)
    .formatToParts(0)
    .find(({ type }) => type === "currency")?.value ?? currency

/** An amount to be edited: "12.50", with the comma of languages that have one. */
export function amountText(cents: number, currency: string): string {
  const point = formatter(currency)
    .formatToParts(1.5)
    .find(({ type }) => type === "decimal")?.value
  return decimal(cents, digitsOf(currency)).replace(".", point ?? ".")
}

/**
 * What somebody typed, as cents; null when it is no amount. Comma and point are both understood: the last of them with
 * no more digits behind it than the currency has is the decimal one, all others separate thousands.
 */
export function parseAmount(text: string, currency: string): number | null {
  const digits = digitsOf(currency)
  const bare = text.replace(/[\s\u00a0\u202f'’]/g, "").replace(currencySign(currency), "")
  if (!/^\d[\d.,]*$|^[.,]\d+$/.test(bare)) return null
  const cut = Math.max(bare.lastIndexOf("."), bare.lastIndexOf(","))
  const behind = cut < 0 ? "" : bare.slice(cut + 1)
  const isDecimal = cut >= 0 && behind.length <= digits
  const before = isDecimal ? bare.slice(0, cut) : bare
  // Whoever separates thousands with a point does not mean the cents by another.
  if (isDecimal && before.includes(bare.charAt(cut))) return null
  if (!/^\d{0,3}(?:[.,]\d{3})*$|^\d+$/.test(before)) return null
  const whole = before.replace(/[.,]/g, "")
  const cents = Number(`${whole || "0"}${(isDecimal ? behind : "").padEnd(digits, "0")}`)
  return Number.isSafeInteger(cents) ? cents : null
}
