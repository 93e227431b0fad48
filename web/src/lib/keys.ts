// Keys of things that shall happen once however often they are asked for, and until when a key is held.
import type { ApiError } from "./errors"

/** `crypto.randomUUID` is missing where the page came over plain HTTP. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

/** Whether a refusal is the last word: silence, overload and "sign in again" are not. */
export function isFinal({ status, code }: ApiError): boolean {
  return status >= 400 && status < 500 && ![401, 408, 429].includes(status) && code !== "idempotency_in_progress"
}
