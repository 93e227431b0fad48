// Deletions that can still be taken back: hidden at once, told to the server when the time is over or the page goes.
// No React; what happens on success and failure is the caller's.
import type { ShownMessage } from "./room"

const UNDO_MS = 5000

interface Deletion {
  message: ShownMessage
  /** `sending`: it is the server's now, and no longer to be taken back. */
  status: "waiting" | "sending"
}

/** Deletes on the server and settles when that is known, one way or the other; it does not reject. */
type Send = (message: ShownMessage) => Promise<void>

export class Deletions {
  #all: Deletion[] = []
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #listeners = new Set<() => void>()
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Oldest first. */
  get = (): Deletion[] => this.#all

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  begin(message: ShownMessage): void {
    if (this.#all.some((one) => one.message.id === message.id)) return
    this.#publish([...this.#all, { message, status: "waiting" }])
    this.release(message.id)
  }

  /** Stops the clock, for somebody whose keyboard stands on the way back. */
  hold(id: string): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }

  /** The full time runs from now. */
  release(id: string): void {
    this.hold(id)
    if (this.#isWaiting(id))
      this.#timers.set(
        id,
        setTimeout(() => void this.#tell(id), UNDO_MS),
      )
  }

  undo(id: string): void {
    if (this.#isWaiting(id)) this.forget(id)
  }

  /** Nothing is to be done about it any more. */
  forget(id: string): void {
    this.hold(id)
    if (this.#all.some(({ message }) => message.id === id)) {
      this.#publish(this.#all.filter(({ message }) => message.id !== id))
    }
  }

  /** Nobody is there to take anything back: all of it goes now. */
  sendAll = (): void => {
    for (const { message } of this.#all) void this.#tell(message.id)
  }

  #isWaiting(id: string): boolean {
    return this.#all.some(({ message, status }) => message.id === id && status === "waiting")
  }

  async #tell(id: string): Promise<void> {
    const found = this.#all.find(({ message }) => message.id === id)
    if (found?.status !== "waiting") return
    this.hold(id)
    this.#publish(this.#all.map((one) => (one === found ? { ...found, status: "sending" } : one)))
    await this.#send(found.message)
    this.forget(id)
  }

  #publish(next: Deletion[]): void {
    this.#all = next
    for (const listener of this.#listeners) listener()
  }
}
