// One room on the shared link: joins, resumes, fetches what is missing, sends and sends again. State by `reduce`.
import { asApiError } from "../../../lib/errors"
import { newKey } from "../../../lib/keys"
import { type ChatLink, type LinkState, Refusing } from "./link"
import {
  EMPTY_ROOM,
  type Gap,
  KEPT_READING,
  type Refused,
  type RoomEvent,
  type RoomState,
  reduce,
  sinceOf,
} from "./room"
import type { ChatMessage, RoomPush, ServerFrame } from "./wire"

const PAGE = 50
const PAGE_MOST = 100
const JOIN_AGAIN_MS = 2000
const FILL_AGAIN_MS = 3000
/** In a busy room the page is drawn at most so often; in a quiet one at once. */
const DRAWN_EVERY_MS = 100

export interface Page {
  messages: ChatMessage[]
  next_cursor: number | null
}

type ReadPage = (before: number, limit: number) => Promise<Page>

export class RoomStore {
  #state: RoomState = EMPTY_ROOM
  #user: LinkState["user"] = null
  #detach: (() => void) | null = null
  #joinTimer: ReturnType<typeof setTimeout> | undefined
  #drawTimer: ReturnType<typeof setTimeout> | undefined
  #drawnAt_ms = 0
  #fillTimer: ReturnType<typeof setTimeout> | undefined
  readonly #filling = new Set<string>()
  readonly #listeners = new Set<() => void>()
  readonly #room: string
  readonly #link: ChatLink
  readonly #readPage: ReadPage

  constructor(room: string, link: ChatLink, readPage: ReadPage) {
    this.#room = room
    this.#link = link
    this.#readPage = readPage
  }

  get = (): RoomState => this.#state
  /** Who the socket is; null for a guest. */
  user = (): LinkState["user"] => this.#user

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins to hear; the returned call ends it. What was heard stays, so that coming back resumes. */
  open(): () => void {
    this.#detach = this.#link.attach(this.#room, {
      link: (state) => this.#linkIs(state),
      pushed: (pushes) => this.#pushed(pushes),
    })
    return () => {
      clearTimeout(this.#joinTimer)
      clearTimeout(this.#fillTimer)
      clearTimeout(this.#drawTimer)
      this.#drawTimer = undefined
      this.#detach?.()
      this.#detach = null
    }
  }

  send(content: string, reply_to: string | null): void {
    const nonce = newKey()
    this.#apply({ type: "send", nonce, content, reply_to })
    void this.#transmit(nonce)
  }

  /** Tries a message again that was not taken. */
  again(nonce: string): void {
    this.#apply({ type: "again", nonce })
    void this.#transmit(nonce)
  }

  discard(nonce: string): void {
    this.#apply({ type: "discard", nonce })
  }

  erase(message_id: string): void {
    this.#apply({ type: "erased", message_id })
  }

  pin(pinned: boolean): void {
    this.#apply({ type: "pinned", pinned })
  }

  reconnect(): void {
    this.#link.retry()
  }

  async loadOlder(): Promise<void> {
    const { older, messages } = this.#state
    if (older.status === "loading" || older.before === null || messages.length >= KEPT_READING) return
    this.#apply({ type: "older_wanted" })
    try {
      const page = await this.#readPage(older.before, PAGE)
      this.#apply({ type: "older_came", messages: page.messages, before: page.next_cursor })
    } catch {
      this.#apply({ type: "older_failed" })
    }
  }

  // --- the link's side -------------------------------------------------------------------------------------------

  #linkIs({ status, why, user }: LinkState): void {
    clearTimeout(this.#joinTimer)
    if (status === "open") {
      this.#isNow(user)
      void this.#join()
    } else if (status === "stopped") {
      const ended = why === "forbidden" || why === "unauthenticated" ? "denied" : "closed"
      this.#apply({ type: "connection", connection: ended, why })
    } else this.#apply({ type: "connection", connection: status === "lost" ? "reconnecting" : "connecting" })
  }

  /** What one person wrote is never sent as another. */
  #isNow(user: LinkState["user"]): void {
    if (this.#user && this.#user.id !== user?.id) {
      for (const { nonce } of this.#state.outgoing) this.#apply({ type: "discard", nonce })
    }
    this.#user = user
  }

  async #join(): Promise<void> {
    try {
      const joined = await this.#link.join(this.#room, sinceOf(this.#state))
      this.#apply({ type: "joined", joined, at_ms: Date.now() })
      for (const { nonce, status } of this.#state.outgoing) if (status === "sending") void this.#transmit(nonce)
    } catch (cause) {
      if (cause instanceof Refusing) this.#notJoined(cause)
    }
  }

  /** A room that is not there stays away; anything else is worth another try. */
  #notJoined({ code, retryAfterMs }: Refusing): void {
    const final = code === "not_found" || code === "forbidden" || code === "banned" || code === "validation_error"
    if (final) this.#apply({ type: "connection", connection: "denied", why: code })
    else this.#joinTimer = setTimeout(() => void this.#join(), retryAfterMs ?? JOIN_AGAIN_MS)
  }

  #pushed(pushes: RoomPush[]): void {
    this.#apply({ type: "pushed", pushes, at_ms: Date.now() })
  }

  // --- effects ---------------------------------------------------------------------------------------------------

  /** Sends what stands under the nonce. Unheard: it stays, and goes again after the next join. */
  async #transmit(nonce: string): Promise<void> {
    const sent = this.#state.outgoing.find((one) => one.nonce === nonce)
    if (!sent || this.#state.connection !== "open") return
    try {
      const answer: ServerFrame = await this.#link.send(this.#room, nonce, sent.content, sent.reply_to)
      if (answer.type === "ack" && answer.message) {
        this.#apply({ type: "acknowledged", nonce, message: answer.message, at_ms: Date.now() })
      }
    } catch (cause) {
      if (cause instanceof Refusing) this.#apply({ type: "refused", nonce, refused: refusedBy(cause) })
    }
  }

  #fillGaps(): void {
    for (const gap of this.#state.gaps) {
      const key = `${gap.from_seq}-${gap.to_seq}`
      if (this.#filling.has(key)) continue
      this.#filling.add(key)
      void this.#fill(gap).finally(() => this.#filling.delete(key))
    }
  }

  /** A gap that cannot be read stays one: it is asked for again, and the next join resumes below it. */
  async #fill(gap: Gap): Promise<void> {
    const found: ChatMessage[] = []
    let before: number | null = gap.to_seq + 1
    try {
      while (before !== null && before > gap.from_seq) {
        const page: Page = await this.#readPage(before, Math.min(PAGE_MOST, before - gap.from_seq))
        found.push(...page.messages)
        before = page.next_cursor !== null && page.next_cursor < before ? page.next_cursor : null
      }
      this.#apply({ type: "filled", gap, messages: found })
    } catch (cause) {
      if (asApiError(cause).status === 404) this.#apply({ type: "filled", gap, messages: found })
      else if (this.#detach) this.#fillTimer = setTimeout(() => this.#fillGaps(), FILL_AGAIN_MS)
    }
  }

  #apply(event: RoomEvent): void {
    const before = this.#state
    this.#state = reduce(before, event)
    if (this.#state === before) return
    if (this.#state.gaps !== before.gaps) this.#fillGaps()
    if (event.type === "pushed") this.#drawSoon()
    else this.#draw()
  }

  #draw(): void {
    clearTimeout(this.#drawTimer)
    this.#drawTimer = undefined
    this.#drawnAt_ms = Date.now()
    for (const listener of this.#listeners) listener()
  }

  #drawSoon(): void {
    const wait_ms = this.#drawnAt_ms + DRAWN_EVERY_MS - Date.now()
    if (wait_ms <= 0) this.#draw()
    else this.#drawTimer ??= setTimeout(() => this.#draw(), wait_ms)
  }
}

function refusedBy({ code, message, retryAfterMs }: Refusing): Refused {
  return { code, message, until_ms: retryAfterMs === null ? null : Date.now() + retryAfterMs }
}
