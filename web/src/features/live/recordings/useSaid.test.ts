// When what was said must be read from another moment on.
import { expect, test } from "vitest"
import { newStart } from "./useSaid"

const MINUTE_MS = 60_000

test("from the beginning everything before the end is covered", () => {
  expect(newStart(5 * MINUTE_MS, null, null)).toBeUndefined()
  expect(newStart(5 * MINUTE_MS, null, 6 * MINUTE_MS)).toBeUndefined()
})

test("a short way past what is here, the next page is enough", () => {
  expect(newStart(7 * MINUTE_MS, null, 6 * MINUTE_MS)).toBeUndefined()
})

test("a long jump begins two minutes before where it ends", () => {
  expect(newStart(60 * MINUTE_MS, null, 6 * MINUTE_MS)).toBe(58 * MINUTE_MS)
})

test("a jump back before the first that was read begins anew", () => {
  expect(newStart(10 * MINUTE_MS, 58 * MINUTE_MS, null)).toBe(8 * MINUTE_MS)
})
