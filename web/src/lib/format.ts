// Numbers, times and durations as words, in the active language. The one place that calls Intl.
import { i18n } from "@lingui/core"

const UNITS: ReadonlyArray<[Intl.RelativeTimeFormatUnit, number]> = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
]

/** "5 minutes ago"; less than a minute, or ahead of a stale `now_ms`, is "now". The caller holds `now_ms` still. */
export function relativeTime(iso: string, now_ms: number): string {
  const delta_ms = Math.min(0, new Date(iso).getTime() - now_ms)
  const format = new Intl.RelativeTimeFormat(i18n.locale || "en", { numeric: "auto" })
  for (const [unit, size_ms] of UNITS) {
    if (Math.abs(delta_ms) >= size_ms) return format.format(Math.trunc(delta_ms / size_ms), unit)
  }
  return format.format(0, "second")
}

/** Making a formatter costs more than a hundred uses of it, and a chat needs three a message. */
function once<Formatter>(make: (locale: string) => Formatter): () => Formatter {
  let made: { locale: string; formatter: Formatter } | null = null
  return () => {
    const locale = i18n.locale || "en"
    if (made?.locale !== locale) made = { locale, formatter: make(locale) }
    return made.formatter
  }
}

const absolute = once((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }))
const clock = once((locale) => new Intl.DateTimeFormat(locale, { timeStyle: "short" }))

const day = once((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }))
const tenth = once((locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }))

/** "12 Jan 2026". */
export const dayOf = (iso: string): string => day().format(new Date(iso))

/** 4.6 → "4.6", and "4,6" where that is how it is written. */
export const oneDecimal = (value: number): string => tenth().format(value)

export const absoluteTime = (iso: string): string => absolute().format(new Date(iso))

/** "21:04", in the reader's own time zone. */
export const timeOfDay = (iso: string): string => clock().format(new Date(iso))

export function wholeNumber(value: number): string {
  return new Intl.NumberFormat(i18n.locale || "en").format(value)
}

/** 3 725 s → "1:02:05"; 65 s → "1:05". */
export function clockTime(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor((total % 3600) / 60)
  const tail = String(total % 60).padStart(2, "0")
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`
}

const regions = once((locale) => new Intl.DisplayNames(locale, { type: "region" }))
const names = once((locale) => new Intl.Collator(locale))

/** "FR" → "France". */
export const countryName = (code: string): string => regions().of(code) ?? code

/** For lists of names, in the order in which the language looks for them. */
export const byName = (one: string, other: string): number => names().compare(one, other)

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const

/** 5 242 880 → "5.2 MB": decimal units, as file managers and phones show them. */
export function fileSize(bytes: number): string {
  const step = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const value = bytes / 1000 ** step
  return new Intl.NumberFormat(i18n.locale || "en", {
    style: "unit",
    unit: SIZES[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1,
  }).format(value)
}
