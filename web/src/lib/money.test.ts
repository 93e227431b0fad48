// Money is typed by people of many habits and kept as whole cents.
import { beforeEach, expect, test } from "vitest"
import { activate } from "./i18n"
import { amountText, money, parseAmount } from "./money"

beforeEach(() => activate("en"))

test.each([
  ["12.50", 1250],
  ["12,5", 1250],
  ["12", 1200],
  [".99", 99],
  ["0", 0],
  ["€ 4.5", 450],
  ["1,234", 123_400],
  ["1.234,50", 123_450],
  ["1 234,50", 123_450],
  ["1,234.50", 123_450],
  ["0.29", 29],
  ["1.15", 115],
])("%s is %i cents", (typed, cents) => {
  expect(parseAmount(typed, "EUR")).toBe(cents)
})

test.each(["", "abc", "-5", "1.2.3", "12.345.6", "12,34,56", "1e3", "99999999999999999"])(
  "%s is no amount",
  (typed) => {
    expect(parseAmount(typed, "EUR")).toBeNull()
  },
)

test("a currency without smaller coins takes none", () => {
  expect(parseAmount("500", "JPY")).toBe(500)
  expect(money(500, "JPY")).toBe("¥500")
})

test("shown in the reader's language", async () => {
  expect(money(123_450, "EUR")).toBe("€1,234.50")
  expect(amountText(450, "EUR")).toBe("4.50")
  expect(money(-5, "EUR")).toBe("-€0.05")
  expect(money(-450, "EUR")).toBe("-€4.50")
  await activate("fr")
  expect(money(450, "EUR").replace(/\s/g, " ")).toBe("4,50 €")
  expect(amountText(5, "EUR")).toBe("0,05")
})

test("what is shown for editing is read back as it was", async () => {
  for (const locale of ["en", "fr"] as const) {
    await activate(locale)
    for (const cents of [0, 1, 50, 99, 100, 450, 123_456, 10_000_000]) {
      expect(parseAmount(amountText(cents, "EUR"), "EUR")).toBe(cents)
    }
  }
})
