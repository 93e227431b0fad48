// The cart in the browser's storage: read leniently, written by several tabs, put right in every way a page asks for.
import { beforeEach, expect, test } from "vitest"
import { CartStore, LINES_MAX, readLines } from "./cart"

const NAME = "test.cart"
const line = (product_id: string, change = {}) => ({
  product_id,
  license_id: null,
  quantity: 1,
  is_service: false,
  ...change,
})
const ids = (store: CartStore): string[] => store.get().map(({ product_id }) => product_id)

beforeEach(() => localStorage.clear())

test("reads what is a line and leaves out the rest", () => {
  expect(readLines(null)).toEqual([])
  expect(readLines("{")).toEqual([])
  expect(readLines('{"lines":[]}')).toEqual([])
  const raw = [null, 7, {}, { product_id: "a" }, { product_id: "b", quantity: 5000, license_id: "l", is_service: true }]
  expect(readLines(JSON.stringify(raw))).toEqual([
    line("a"),
    line("b", { license_id: "l", quantity: 99, is_service: true }),
  ])
})

test("holds the same work under the same licence once", () => {
  const store = new CartStore(NAME)
  store.add(line("a"))
  store.add(line("a", { quantity: 3 }))
  store.add(line("a", { license_id: "l" }))
  expect(store.get()).toEqual([line("a"), line("a", { license_id: "l" })])
})

test("is bounded", () => {
  const store = new CartStore(NAME)
  for (let index = 0; index < LINES_MAX; index++) expect(store.add(line(`p${index}`))).toBe(true)
  expect(store.add(line("one more"))).toBe(false)
  expect(store.add(line("p0"))).toBe(true)
  expect(store.get()).toHaveLength(LINES_MAX)
})

test("puts back where it stood", () => {
  const store = new CartStore(NAME)
  for (const name of ["a", "b", "c", "d"]) store.add(line(name))
  const removed = store.remove([line("b"), line("d")])
  expect(ids(store)).toEqual(["a", "c"])
  store.putBack(removed)
  expect(ids(store)).toEqual(["a", "b", "c", "d"])
})

test("changes a line where it stands, and two that became the same are one", () => {
  const store = new CartStore(NAME)
  store.add(line("a"))
  store.add(line("b"))
  store.add(line("a", { license_id: "l" }))
  store.change(line("a"), { license_id: "l" })
  expect(store.get()).toEqual([line("a", { license_id: "l" }), line("b")])
  store.change(line("b"), { quantity: 4 })
  expect(store.get()[1]?.quantity).toBe(4)
})

test("hears what another tab wrote", () => {
  const store = new CartStore(NAME)
  store.add(line("a"))
  let heard = 0
  const stop = store.subscribe(() => heard++)
  localStorage.setItem(NAME, JSON.stringify([line("a"), line("b")]))
  globalThis.dispatchEvent(new StorageEvent("storage", { key: NAME }))
  expect(heard).toBe(1)
  expect(ids(store)).toEqual(["a", "b"])
  expect(store.get()).toBe(store.get())
  stop()
})
