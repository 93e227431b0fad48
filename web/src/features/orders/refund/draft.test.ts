// What is asked for is what was shown, to the cent.
import { beforeEach, expect, test } from "vitest"
import { activate } from "../../../lib/i18n"
import { aUser } from "../../../testing/fixtures"
import { ALBUM, anOrderItem, aRefundable, SERVICE, SONG } from "../../../testing/orders"
import { centsOf, linesOf, partsOf, sideOf, sumOf, whyNothing } from "./draft"

const ITEMS = [anOrderItem(1, ALBUM), anOrderItem(2, SERVICE, { quantity: 2 }), anOrderItem(3, SONG)]
const refused = { code: "already_downloaded", message: "Downloaded." }

beforeEach(() => activate("en"))

test("who asks is what the server takes them for", () => {
  expect(sideOf(aUser.id, aUser)).toBe("buyer")
  expect(sideOf("another", aUser)).toBe("seller")
  expect(sideOf(aUser.id, { ...aUser, role: "admin" })).toBe("admin")
})

test("a buyer gives back what is digital whole, and a part of a service; others a part of anything", () => {
  const wholes = (side: "buyer" | "seller") => linesOf(ITEMS, aRefundable(ITEMS), side).map(({ isWhole }) => isWhole)
  expect(wholes("buyer")).toEqual([true, false, true])
  expect(wholes("seller")).toEqual([false, false, false])
})

test("lines that the server does not speak of are none of the caller's", () => {
  expect(linesOf(ITEMS, aRefundable(ITEMS.slice(1)), "seller").map(({ item }) => item.id)).toEqual([
    ITEMS[1]?.id,
    ITEMS[2]?.id,
  ])
})

test("the sum and the parts are of what was chosen, and of nothing else", () => {
  const lines = linesOf(ITEMS, aRefundable(ITEMS), "buyer")
  const drafts = [
    { isBack: true, amount: "0.01" },
    { isBack: true, amount: "120,5" },
    { isBack: false, amount: "nonsense" },
  ]
  expect(sumOf(lines, drafts, "EUR")).toBe(900 + 12_050)
  expect(partsOf(lines, drafts, "EUR")).toEqual([
    { item_id: ITEMS[0]?.id, amount_cents: 900 },
    { item_id: ITEMS[1]?.id, amount_cents: 12_050 },
  ])
})

test.each(["", "0", "abc", "240.01"])("%s cannot go back of 240", (amount) => {
  const [, line] = linesOf(ITEMS, aRefundable(ITEMS), "buyer")
  if (!line) throw new Error("no line")
  expect(centsOf(line, { isBack: true, amount }, "EUR")).toBeNull()
  expect(sumOf([line], [{ isBack: true, amount }], "EUR")).toBeNull()
})

test("what can no longer go back counts for nothing, chosen or not", () => {
  const lines = linesOf(ITEMS, aRefundable(ITEMS, { 1: refused }), "seller")
  const drafts = ITEMS.map(() => ({ isBack: true, amount: "1" }))
  expect(sumOf(lines, drafts, "EUR")).toBe(200)
  expect(partsOf(lines, drafts, "EUR")).toHaveLength(2)
})

test("why nothing goes back is what stands in the way of what is left", () => {
  const done = { code: "not_refundable", message: "Nothing is left." }
  const lines = linesOf(ITEMS, aRefundable(ITEMS, { 0: done, 1: refused, 2: refused }), "buyer")
  expect(whyNothing(lines)).toEqual(refused)
  expect(whyNothing(lines.slice(0, 1))).toEqual(done)
  expect(whyNothing([])).toBeNull()
})
