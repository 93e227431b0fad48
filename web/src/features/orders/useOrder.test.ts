// How often an order is asked for: every second while somebody waits for it, then more and more rarely.
import { expect, test } from "vitest"
import { pollAfter, watch } from "./useOrder"

test("begins fast and slows down", () => {
  expect(pollAfter(0, true)).toBe(1000)
  expect(pollAfter(19_000, true)).toBe(1000)
  expect(pollAfter(21_000, true)).toBe(3000)
  expect(pollAfter(600_000, true)).toBe(10_000)
})

test("nobody came back from paying, and nothing goes back: there is no hurry", () => {
  expect(pollAfter(0, false)).toBe(10_000)
})

test("waiting begins with the page, and anew when the order stands otherwise", () => {
  const opened = { began_ms: 5000, status: "" }
  const paid = watch(opened, "completed", 6000)
  expect(paid).toEqual({ began_ms: 5000, status: "completed" })
  expect(watch(paid, "completed", 90_000)).toBe(paid)
  expect(watch(paid, "refund_pending", 90_000)).toEqual({ began_ms: 90_000, status: "refund_pending" })
})
