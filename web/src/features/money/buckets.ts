// Days drawn together into the bars of a chart. Pure; amounts are whole cents, heights are parts of the highest.
import type { StatsDay } from "./types"

export interface Bucket {
  /** First and last day, `2026-02-28`. */
  from: string
  to: string
  orders: number
  gross_cents: number
  fee_cents: number
  net_cents: number
}

const WEEK = 7
const DAYS_APART = 92

/** A day each, or a week each when there are more days than a phone has room for. The newest week is whole. */
export function bucketsOf(days: readonly StatsDay[]): Bucket[] {
  const size = days.length > DAYS_APART ? WEEK : 1
  const buckets: Bucket[] = []
  for (let end = days.length; end > 0; end -= size) {
    const part = days.slice(Math.max(0, end - size), end)
    const sum = (pick: (day: StatsDay) => number): number => part.reduce((total, day) => total + pick(day), 0)
    buckets.unshift({
      from: part[0]?.date ?? "",
      to: part.at(-1)?.date ?? "",
      orders: sum(({ orders }) => orders),
      gross_cents: sum(({ gross_cents }) => gross_cents),
      fee_cents: sum(({ fee_cents }) => fee_cents),
      net_cents: sum(({ net_cents }) => net_cents),
    })
  }
  return buckets
}

/** The least round amount (1, 2 or 5 times a power of ten) that is no less than the highest bar. */
export function roofOf(highest_cents: number): number {
  if (highest_cents <= 0) return 100
  const power = 10 ** Math.floor(Math.log10(highest_cents))
  return ([1, 2, 5, 10].find((step) => step * power >= highest_cents) ?? 10) * power
}
