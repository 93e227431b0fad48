import { expect, test } from "vitest"
import { day, oneOf, readAddress, uuid, words } from "./address"

const read = readAddress({ status: oneOf(["sent", "failed"]), from: day, search: words(5), seller_id: uuid })

test("what is not set or not known is left out", () => {
  expect(read({})).toEqual({})
  expect(read({ status: "gone", from: "2026-02-31", search: " ", seller_id: "7", other: "x" })).toEqual({})
})

test("what is known is kept", () => {
  const seller_id = "0190A000-0000-7000-8000-000000000001"
  expect(read({ status: "sent", from: "2026-02-28", search: 808_080, seller_id })).toEqual({
    status: "sent",
    from: "2026-02-28",
    search: "80808",
    seller_id: seller_id.toLowerCase(),
  })
})

test("a boolean of the router is a word again", () => {
  expect(readAddress({ suspended: oneOf(["true", "false"]) })({ suspended: true })).toEqual({ suspended: "true" })
})
