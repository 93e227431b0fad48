// How often an order is asked for: every second while somebody waits for it, then more and more rarely.
import { expect, test } from "vitest"
import { pollAfter } from "./useOrder"

test("begins fast and slows down", () => {
  expect(pollAfter(0, true)).toBe(1000)
  expect(pollAfter(19_000, true)).toBe(1000)
  expect(pollAfter(21_000, true)).toBe(3000)
  expect(pollAfter(600_000, true)).toBe(10_000)
})

test("nobody came back from paying: there is no hurry", () => {
  expect(pollAfter(0, false)).toBe(10_000)
})
