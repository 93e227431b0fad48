// What is in the cart: kept in this browser, whoever is signed in, and the same in all its tabs. Never a price: what things
// cost is the server's to say.
import { useSyncExternalStore } from "react"

export interface CartLine {
  product_id: string
  license_id: string | null
  quantity: number
  /** What may be ordered more than once. A hint for the page; the server decides. */
  is_service: boolean
}

export interface RemovedLine {
  line: CartLine
  at: number
}

export const LINES_MAX = 50
export const QUANTITY_MAX = 99
const STORE = "veza.cart"
const EMPTY: readonly CartLine[] = []

type Place = Pick<CartLine, "product_id" | "license_id">

/** The same product under the same licence stands in a cart once. */
export const keyOf = ({ product_id, license_id }: Place): string => `${product_id} ${license_id ?? ""}`

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null)

function readLine(value: unknown): CartLine | null {
  if (typeof value !== "object" || value === null) return null
  const { product_id, license_id, quantity, is_service } = value as Record<string, unknown>
  const product = text(product_id)
  const many = Number.isInteger(quantity) ? Number(quantity) : 1
  if (!product) return null
  return {
    product_id: product,
    license_id: text(license_id),
    quantity: Math.min(QUANTITY_MAX, Math.max(1, many)),
    is_service: is_service === true,
  }
}

/** Whatever stands in the storage becomes lines; what is no line is left out. */
export function readLines(raw: string | null): readonly CartLine[] {
  if (!raw) return EMPTY
  try {
    const found: unknown = JSON.parse(raw)
    const lines = Array.isArray(found) ? found.map(readLine).filter((line) => line !== null) : []
    return uniqueLines(lines).slice(0, LINES_MAX)
  } catch {
    return EMPTY
  }
}

const uniqueLines = (lines: readonly CartLine[]): CartLine[] => [
  ...new Map(lines.map((line) => [keyOf(line), line])).values(),
]

export class CartStore {
  #raw: string | null = null
  #lines: readonly CartLine[] = EMPTY
  #isRefused = false
  readonly #listeners = new Set<() => void>()
  readonly #name: string

  constructor(name = STORE) {
    this.#name = name
  }

  get = (): readonly CartLine[] => {
    const raw = this.#read()
    if (raw !== this.#raw) {
      this.#raw = raw
      this.#lines = readLines(raw)
    }
    return this.#lines
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    globalThis.addEventListener("storage", listener)
    return () => {
      this.#listeners.delete(listener)
      globalThis.removeEventListener("storage", listener)
    }
  }

  has = (place: Place): boolean => this.get().some((line) => keyOf(line) === keyOf(place))

  /** False when the cart is full. What is in it already stays as it is. */
  add = (line: CartLine): boolean => {
    if (this.has(line)) return true
    if (this.get().length >= LINES_MAX) return false
    this.#write([...this.get(), line])
    return true
  }

  /** Takes lines out, and tells where they stood, to be put back. */
  remove = (places: readonly Place[]): RemovedLine[] => {
    const gone = new Set(places.map(keyOf))
    const lines = this.get()
    this.#write(lines.filter((line) => !gone.has(keyOf(line))))
    return lines.map((line, at) => ({ line, at })).filter(({ line }) => gone.has(keyOf(line)))
  }

  putBack = (removed: readonly RemovedLine[]): void => {
    const lines = [...this.get()]
    for (const { line, at } of removed) lines.splice(at, 0, line)
    this.#write(uniqueLines(lines).slice(0, LINES_MAX))
  }

  /** Changes a line where it stands. */
  change = (place: Place, change: Partial<Pick<CartLine, "quantity" | "license_id">>): void => {
    const changed = this.get().map((line) => (keyOf(line) === keyOf(place) ? { ...line, ...change } : line))
    this.#write(uniqueLines(changed))
  }

  #read(): string | null {
    if (this.#isRefused) return this.#raw
    try {
      return localStorage.getItem(this.#name)
    } catch {
      return this.#raw
    }
  }

  #write(lines: readonly CartLine[]): void {
    const raw = JSON.stringify(lines)
    try {
      localStorage.setItem(this.#name, raw)
    } catch {
      // Storage refused: the cart lasts as long as the tab.
      this.#isRefused = true
      this.#raw = raw
      this.#lines = lines
    }
    for (const listener of this.#listeners) listener()
  }
}

export const cart = new CartStore()

export const useCart = (): readonly CartLine[] => useSyncExternalStore(cart.subscribe, cart.get)
