// A key is held until the last word on what it stands for.
import { expect, test } from "vitest"
import { ApiError } from "./errors"
import { isFinal, newKey } from "./keys"

const refusal = (status: number, code = "x"): ApiError => new ApiError("No.", { status, code })

test("every key is another", () => {
  expect(newKey()).toMatch(/^[0-9a-f]{32}$/)
  expect(newKey()).not.toBe(newKey())
})

test("silence, overload and a key in use are not the last word", () => {
  for (const open of [refusal(0), refusal(503), refusal(500), refusal(401), refusal(429)])
    expect(isFinal(open)).toBe(false)
  expect(isFinal(refusal(409, "idempotency_in_progress"))).toBe(false)
  for (const final of [refusal(400), refusal(403), refusal(409, "sold_out")]) expect(isFinal(final)).toBe(true)
})
