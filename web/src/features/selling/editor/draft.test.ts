// What is sent of the editor's form, and where a refusal belongs.
import { beforeEach, expect, test } from "vitest"
import { activate } from "../../../lib/i18n"
import { aBeat, aProduct } from "../../../testing/selling"
import { addTag, EMPTY, isPrice, placeOf, titleFromFile, toDraft, toInput } from "./draft"

beforeEach(() => activate("en"))

test("what was read is sent back as it was", () => {
  const { title, type, description, tags, price_cents } = aProduct()
  expect(toInput(toDraft(aProduct()), "EUR")).toEqual({ title, type, description, tags, price_cents, licenses: [] })
})

test("licences keep their ids, and the product's own price is left to the server", () => {
  const input = toInput(toDraft(aBeat()), "EUR")
  expect(input.licenses?.map(({ id, name, price_cents }) => [id, name, price_cents])).toEqual(
    aBeat().licenses.map(({ id, name, price_cents }) => [id, name, price_cents]),
  )
  expect(input).not.toHaveProperty("price_cents")
})

test("one price offers no licences, although they stay in the form", () => {
  expect(toInput({ ...toDraft(aBeat()), pricing: "one", price: "9,90" }, "EUR")).toMatchObject({
    price_cents: 990,
    licenses: [],
  })
})

test("nothing typed is free", () => {
  expect(toInput({ ...EMPTY, title: " A " }, "EUR")).toMatchObject({ title: "A", price_cents: 0 })
  expect([0, 49, 50, 10_000_000, 10_000_001, null].map(isPrice)).toEqual([true, false, true, true, false, false])
})

test("refusals find their fields", () => {
  const place = (field: string) => placeOf({ field, message: "" })
  expect(place("title")).toBe("title")
  expect(place("tags.3")).toBe("tags")
  expect(place("price_cents")).toBe("price")
  expect(place("licenses")).toBe("licenses")
  expect(place("licenses.2.price_cents")).toBe("licenses.2.price")
  expect(place("licenses.0.file_ids")).toBe("licenses.0.fileIds")
  expect(place("else")).toBeNull()
})

test("a file's name becomes a title", () => {
  expect(titleFromFile("01 - Night drive (final).v2.wav")).toBe("01 - Night drive (final).v2")
  expect(titleFromFile(".wav")).toBe(".wav")
  expect(titleFromFile("README")).toBe("README")
})

test("tags are different words", () => {
  expect(addTag(["House"], "house, #vinyl,, deep ")).toEqual(["House", "vinyl", "deep"])
})
