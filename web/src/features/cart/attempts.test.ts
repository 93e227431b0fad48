// One key for one attempt: the same for the same body until the server's last word, another for anything else.
import { beforeEach, expect, test } from "vitest"
import { beginAttempt, endAttempt, openAttempt } from "./attempts"

const body = (product_id: string) => ({
  items: [{ product_id, quantity: 1, license_id: null }],
  payment_method: "card" as const,
  billing: null,
})

beforeEach(() => sessionStorage.clear())

test("the same body of the same person has the same key until it is over", () => {
  const first = beginAttempt("me", body("a"))
  expect(first.key).toMatch(/^[0-9a-f]{32}$/)
  expect(beginAttempt("me", body("a")).key).toBe(first.key)
  expect(beginAttempt("you", body("a")).key).not.toBe(first.key)
  expect(beginAttempt("me", body("b")).key).not.toBe(first.key)
  expect(openAttempt("me", body("a").items)?.key).toBe(first.key)
  endAttempt(first.key)
  expect(openAttempt("me", body("a").items)).toBeUndefined()
  expect(beginAttempt("me", body("a")).key).not.toBe(first.key)
})

test("a key that the server has forgotten is not used again", () => {
  const now_ms = Date.now()
  const first = beginAttempt("me", body("a"), now_ms)
  expect(beginAttempt("me", body("a"), now_ms + 24 * 3_600_000).key).not.toBe(first.key)
})

test("what is in the storage may be anything", () => {
  sessionStorage.setItem("veza.order_attempts", '[{"key":1},null]')
  expect(openAttempt("me", body("a").items)).toBeUndefined()
  sessionStorage.setItem("veza.order_attempts", "{")
  expect(beginAttempt("me", body("a")).key).toHaveLength(32)
})
