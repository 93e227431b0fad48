// How often an order is asked for: every second while somebody waits for it, then more and more rarely.
import { expect, test } from "vitest"
import { pollAfter, watch } from "./useOrder"

test("begins fast and slows down", () => {
  expect(pollAfter(0, true)).toBe(1000)
  expect(pollAfter(19_000, true)).toBe(1000)
  expect(pollAfter(21_000, true)).toBe(3000)
  expect(pollAfter(600_000, true)).toBe(10_000)
})

test("nobody came back from paying: there is no hurry", () => {
  expect(pollAfter(0, false)).toBe(10_000)
})

const UNSEEN = { began_ms: 5000, status: "", isAwaited: false }

test("a refund that begins before one's eyes is awaited, from then on", () => {
  const paid = watch(UNSEEN, "completed", false, 6000)
  expect(paid).toEqual({ began_ms: 5000, status: "completed", isAwaited: false })
  expect(watch(paid, "completed", false, 90_000)).toBe(paid)
  expect(watch(paid, "refund_pending", false, 90_000)).toEqual({
    began_ms: 90_000,
    status: "refund_pending",
    isAwaited: true,
  })
})

test("one that was under way already is nobody's hurry, unless they came back from paying", () => {
  expect(watch(UNSEEN, "refund_pending", false, 6000).isAwaited).toBe(false)
  expect(watch(UNSEEN, "pending", true, 6000).isAwaited).toBe(true)
})
