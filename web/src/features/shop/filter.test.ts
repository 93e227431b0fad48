// Addresses of the catalogue: whatever stands in one becomes a filter that the server accepts.
import { expect, test } from "vitest"
import { narrowing, readShopFilter, tidy } from "./filter"

test("reads what it knows", () => {
  const raw = { search: " jazz ", sort: "rating", type: "beat", tag: "lo-fi", min_price: 100, max_price: "2500" }
  expect(readShopFilter(raw)).toEqual({
    search: "jazz",
    sort: "rating",
    type: "beat",
    tag: "lo-fi",
    min_price: 100,
    max_price: 2500,
  })
  expect(readShopFilter({ search: 808 })).toEqual({ search: "808" })
})

test("leaves out what the server would refuse", () => {
  for (const raw of [
    {},
    { search: "   ", sort: "loudest", type: "car", tag: "" },
    { sort: "relevance" },
    { min_price: -1, max_price: 1.5 },
    { min_price: "1e99", search: ["a"], tag: null },
  ]) {
    expect(readShopFilter(raw)).toEqual({})
  }
  expect(readShopFilter({ min_price: 900, max_price: 100 })).toEqual({ min_price: 900 })
  expect(readShopFilter({ search: "x".repeat(300) }).search).toHaveLength(200)
})

test("counts what narrows; an order does not", () => {
  expect(narrowing({ sort: "rating" })).toBe(0)
  expect(narrowing({ search: "a", min_price: 0, tag: undefined })).toBe(2)
  expect(tidy({ search: undefined, min_price: 0 })).toEqual({ min_price: 0 })
})
