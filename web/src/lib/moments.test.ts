import { expect, test } from "vitest"
import { withMoments } from "./moments"

test("a day goes from its first moment to its last one", () => {
  const { from = "", to = "" } = withMoments({ from: "2026-02-28", to: "2026-02-28" })
  expect(from).toMatch(/\.000Z$/)
  expect(to).toMatch(/\.999999Z$/)
  expect(new Date(from).getDate()).toBe(28)
  expect(new Date(to).getTime() - new Date(from).getTime()).toBe(86_400_000 - 1)
})

test("what is not chosen is not asked for", () => {
  expect(withMoments({})).toEqual({})
  const filter: { status: string; from?: string } = { status: "failed" }
  expect(withMoments(filter)).toEqual({ status: "failed" })
})
