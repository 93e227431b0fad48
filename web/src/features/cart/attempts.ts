// Attempts to order, of this tab: the key and the exact body of each, until the server's last word on it. The same body gets
// the same key, so a reload or an answer that was lost goes on with the same order instead of placing another.
import { newKey } from "../../lib/keys"
import type { NewOrder } from "../../lib/types"

export interface Attempt {
  key: string
  user_id: string
  body: NewOrder
  began_ms: number
}

const STORE = "veza.order_attempts"
const MOST = 8
/** The server knows a key for 24 hours; a little less is safe. */
const KEPT_MS = 23 * 3_600_000

const isAttempt = (value: unknown): value is Attempt =>
  typeof value === "object" &&
  value !== null &&
  "key" in value &&
  typeof value.key === "string" &&
  "user_id" in value &&
  "body" in value &&
  typeof value.body === "object" &&
  "began_ms" in value &&
  typeof value.began_ms === "number"

let memory = "[]"

function read(): Attempt[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(STORE) ?? "[]")
    return Array.isArray(found) ? found.filter(isAttempt) : []
  } catch {
    return JSON.parse(memory) as Attempt[]
  }
}

function write(attempts: Attempt[]): void {
  memory = JSON.stringify(attempts.slice(-MOST))
  try {
    sessionStorage.setItem(STORE, memory)
  } catch {
    // Storage refused: the attempts last as long as the page.
  }
}

/** The attempt for this body: the one that was begun, or a new one. */
export function beginAttempt(user_id: string, body: NewOrder, now_ms = Date.now()): Attempt {
  const kept = read().filter(({ began_ms }) => now_ms - began_ms < KEPT_MS)
  const same = kept.find((one) => one.user_id === user_id && JSON.stringify(one.body) === JSON.stringify(body))
  if (same) return same
  const attempt = { key: newKey(), user_id, body, began_ms: now_ms }
  write([...kept, attempt])
  return attempt
}

/** The order exists, or never will. */
export const endAttempt = (key: string): void => write(read().filter((one) => one.key !== key))

/** The last attempt of this person for these items that got no answer. */
export const openAttempt = (user_id: string | undefined, items: NewOrder["items"]): Attempt | undefined =>
  read().findLast((one) => one.user_id === user_id && JSON.stringify(one.body.items) === JSON.stringify(items))
