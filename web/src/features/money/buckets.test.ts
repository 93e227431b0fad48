import { expect, test } from "vitest"
import { bucketsOf, roofOf } from "./buckets"
import { fileName } from "./filter"

const days = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    date: new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
    orders: 1,
    gross_cents: 1000,
    fee_cents: 100,
    net_cents: 900,
  }))

test("few days stand for themselves", () => {
  const buckets = bucketsOf(days(30))
  expect(buckets).toHaveLength(30)
  expect(buckets[0]).toEqual({
    from: "2026-01-01",
    to: "2026-01-01",
    orders: 1,
    gross_cents: 1000,
    fee_cents: 100,
    net_cents: 900,
  })
})

test("a year is drawn in weeks, and no cent is lost", () => {
  const buckets = bucketsOf(days(365))
  expect(buckets).toHaveLength(53)
  expect(buckets.at(-1)).toMatchObject({ from: "2026-12-25", to: "2026-12-31", net_cents: 6300 })
  expect(buckets[0]).toMatchObject({ from: "2026-01-01", to: "2026-01-01" })
  expect(buckets.reduce((sum, { net_cents }) => sum + net_cents, 0)).toBe(365 * 900)
})

test("no days, no bars", () => expect(bucketsOf([])).toEqual([]))

test("the roof is round and no lower than the highest bar", () => {
  expect([0, 1, 900, 1000, 1001, 2699, 5100].map(roofOf)).toEqual([100, 1, 1000, 1000, 2000, 5000, 10_000])
})

test("a file is called after what is in it", () => {
  expect(fileName({}, "2026-03-01")).toBe("veza-transfers-2026-03-01.csv")
  expect(fileName({ status: "failed", from: "2026-01-01", to: "2026-02-28" }, "2026-03-01")).toBe(
    "veza-transfers-failed-2026-01-01-2026-02-28.csv",
  )
})
