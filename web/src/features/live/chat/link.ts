// The one socket of this page to the chat, shared by every room: opens it, keeps it alive, comes back after a loss.
// It knows tickets, close codes and waiting; what is said in a room is `roomStore`'s.
import { ApiError } from "../../../lib/errors"
import {
  isRoomPush,
  type Joined,
  type Refusal,
  type RoomPush,
  readFrames,
  type ServerFrame,
  type Welcome,
} from "./wire"

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A connection that lived so long was a good one: the next waiting begins anew. */
const STEADY_MS = 10_000
const WELCOME_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 10_000
const DEFAULT_PING_MS = 25_000
const PROBE_WITHIN_MS = 5000

/** `connecting` the first time, `lost` while coming back, `stopped` until somebody asks. */
type LinkStatus = "idle" | "connecting" | "open" | "lost" | "stopped"

export interface LinkState {
  status: LinkStatus
  /** Why it stopped: `forbidden`, `unauthenticated`, `replaced`, `flooding`. */
  why: string | null
  user: Welcome["user"]
}

export interface RoomListener {
  link: (state: LinkState) => void
  pushed: (pushes: RoomPush[]) => void
}

export interface Ticket {
  ticket: string
  url: string
}

export interface Surroundings {
  open: (url: string) => WebSocket
  /** Null for a guest. Throws `ApiError` when the server refuses, or does not answer. */
  ticket: () => Promise<Ticket | null>
  pageUrl: () => string
  random: () => number
}

/** The server said no to a frame. */
export class Refusing extends Error {
  readonly code: string
  readonly retryAfterMs: number | null

  constructor({ code, message, retry_after_ms }: Pick<Refusal, "code" | "message" | "retry_after_ms">) {
    super(message)
    this.code = code
    this.retryAfterMs = retry_after_ms ?? null
  }
}

/** The connection went before an answer came: it may or may not have been heard. */
export class Unheard extends Error {}

/** Full jitter: anywhere between now and the doubled wait, so that a restart is not followed by a wave. */
export const backoff_ms = (tries: number, random: () => number): number =>
  random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries)

/** Codes that end it until somebody asks; every other one is worth another try. */
const STOPS: Record<number, string> = { 4003: "forbidden", 4009: "replaced", 4029: "flooding" }
const UNAUTHENTICATED = 4001

interface Waiting {
  resolve: (frame: ServerFrame) => void
  reject: (cause: Error) => void
  timer: ReturnType<typeof setTimeout>
}

type Question =
  | { type: "join"; room: string; since?: { epoch: string; seq: number } }
  | { type: "leave"; room: string }
  | { type: "send"; room: string; nonce: string; content: string; reply_to?: string }

/** Where the socket is: the ticket's address, or this page's own when both only name this machine. */
export function socketUrl(ticket: Ticket | null, pageUrl: string): string {
  const page = new URL(pageUrl)
  const own = `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}/api/v1/ws`
  if (!ticket) return own
  const url = new URL(ticket.url, own)
  if (isLoopback(url.hostname) && isLoopback(page.hostname)) url.hostname = page.hostname
  url.searchParams.set("ticket", ticket.ticket)
  return url.href
}

const isLoopback = (host: string): boolean => /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(host)

export class ChatLink {
  #state: LinkState = { status: "idle", why: null, user: null }
  #socket: WebSocket | null = null
  /** Counts attempts to connect; whatever belongs to an older one is void. */
  #attempt = 0
  #tries = 0
  #askedAgain = false
  #openedAt_ms = 0
  #returnAfter_ms: number | null = null
  #heardAt_ms = 0
  #ping_ms = DEFAULT_PING_MS
  #nextId = 1
  #timer: ReturnType<typeof setTimeout> | undefined
  #pulse: ReturnType<typeof setTimeout> | undefined
  readonly #rooms = new Map<string, Set<RoomListener>>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  get state(): LinkState {
    return this.#state
  }

  /** From now on `listener` hears of the room. The last one to leave closes the socket. */
  attach(room: string, listener: RoomListener): () => void {
    if (this.#rooms.size === 0) this.#listenToBrowser(true)
    const listeners = this.#rooms.get(room) ?? new Set()
    this.#rooms.set(room, listeners.add(listener))
    if (this.#state.status === "idle") void this.#connect("connecting")
    else listener.link(this.#state)
    return () => this.#detach(room, listener)
  }

  join(room: string, since?: { epoch: string; seq: number }): Promise<Joined> {
    return this.#ask({ type: "join", room, ...(since ? { since } : {}) }) as Promise<unknown> as Promise<Joined>
  }

  send(room: string, nonce: string, content: string, reply_to: string | null): Promise<ServerFrame> {
    return this.#ask({ type: "send", room, nonce, content, ...(reply_to ? { reply_to } : {}) })
  }

  /** Now, since somebody asked, or since the browser is back. */
  retry(): void {
    if (this.#state.status === "open" || this.#state.status === "idle") return
    this.#tries = 0
    this.#askedAgain = false
    void this.#connect("lost")
  }

  /** Another person (or nobody) is signed in: the socket must be theirs. */
  identify(): void {
    if (this.#state.status === "idle") return
    this.#tries = 0
    this.#askedAgain = false
    void this.#connect("lost")
  }

  #detach(room: string, listener: RoomListener): void {
    const listeners = this.#rooms.get(room)
    listeners?.delete(listener)
    if (listeners && listeners.size > 0) return
    this.#rooms.delete(room)
    if (this.#rooms.size > 0) {
      if (this.#state.status === "open") this.#ask({ type: "leave", room }).catch(() => undefined)
      return
    }
    this.#listenToBrowser(false)
    this.#drop()
    this.#state = { status: "idle", why: null, user: null }
  }

  // --- connecting ------------------------------------------------------------------------------------------------

  async #connect(status: "connecting" | "lost"): Promise<void> {
    this.#drop()
    const attempt = this.#attempt
    this.#set({ ...this.#state, status, why: null })
    const ticket = await this.#around.ticket().catch((cause: unknown) => this.#noTicket(attempt, cause))
    if (attempt !== this.#attempt || ticket === "refused") return
    this.#listen(attempt, this.#around.open(socketUrl(ticket, this.#around.pageUrl())))
    this.#timer = setTimeout(() => this.#lose(attempt, 1006), WELCOME_WITHIN_MS)
  }

  /** Not signed in any more: as a guest. Not allowed: stop. Anything else passes. */
  #noTicket(attempt: number, cause: unknown): null | "refused" {
    const failure = cause instanceof ApiError ? cause : null
    if (failure?.status === 401) return null
    if (attempt !== this.#attempt) return "refused"
    if (failure?.status === 403) this.#stop("forbidden")
    else this.#comeBack(failure?.retryAfterS === undefined ? null : failure.retryAfterS * 1000)
    return "refused"
  }

  #listen(attempt: number, socket: WebSocket): void {
    this.#socket = socket
    this.#returnAfter_ms = null
    const current = (): boolean => attempt === this.#attempt
    socket.addEventListener("message", (event: MessageEvent) => {
      if (current()) this.#hear(readFrames(event.data))
    })
    socket.addEventListener("close", (event: CloseEvent) => {
      if (current()) this.#lose(attempt, event.code)
    })
  }

  #welcome({ user, ping_interval }: Welcome): void {
    clearTimeout(this.#timer)
    this.#ping_ms = ping_interval > 0 ? ping_interval : DEFAULT_PING_MS
    this.#openedAt_ms = Date.now()
    this.#set({ status: "open", why: null, user })
    this.#pulseIn(this.#ping_ms)
  }

  #lose(attempt: number, code: number): void {
    if (attempt !== this.#attempt) return
    this.#drop()
    const steady = this.#openedAt_ms > 0 && Date.now() - this.#openedAt_ms >= STEADY_MS
    this.#openedAt_ms = 0
    if (steady) {
      this.#tries = 0
      this.#askedAgain = false
    }
    const stop = STOPS[code]
    if (stop) this.#stop(stop)
    else if (code !== UNAUTHENTICATED) this.#comeBack(this.#returnAfter_ms)
    else if (this.#askedAgain) this.#stop("unauthenticated")
    else {
      this.#askedAgain = true
      void this.#connect("lost")
    }
  }

  #comeBack(after_ms: number | null): void {
    const wait_ms = after_ms ?? backoff_ms(this.#tries, this.#around.random)
    this.#tries += 1
    this.#returnAfter_ms = null
    this.#set({ ...this.#state, status: "lost" })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#connect("lost"), wait_ms)
  }

  #stop(why: string): void {
    clearTimeout(this.#timer)
    this.#set({ ...this.#state, status: "stopped", why })
  }

  /** The socket is void from now on, whatever it still says. A dead network would let `close` wait for minutes. */
  #drop(): void {
    this.#attempt += 1
    clearTimeout(this.#timer)
    clearTimeout(this.#pulse)
    this.#socket?.close()
    this.#socket = null
    const unheard = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject, timer } of unheard) {
      clearTimeout(timer)
      reject(new Unheard("The connection was lost."))
    }
  }

  // --- frames ----------------------------------------------------------------------------------------------------

  #hear(frames: ServerFrame[]): void {
    this.#heardAt_ms = Date.now()
    const pushes = new Map<string, RoomPush[]>()
    for (const frame of frames) {
      if (isRoomPush(frame)) pushes.set(frame.room, [...(pushes.get(frame.room) ?? []), frame])
      else this.#hearOther(frame)
    }
    for (const [room, news] of pushes) for (const listener of this.#rooms.get(room) ?? []) listener.pushed(news)
  }

  #hearOther(frame: Exclude<ServerFrame, RoomPush>): void {
    if (frame.type === "welcome") this.#welcome(frame)
    else if (frame.type === "reconnect") this.#returnAfter_ms = Math.max(0, frame.after_ms)
    else if ("id" in frame && typeof frame.id === "number") this.#answered(frame.id, frame)
  }

  #answered(id: number, frame: ServerFrame): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    clearTimeout(waiting.timer)
    if (frame.type === "error") waiting.reject(new Refusing(frame))
    else waiting.resolve(frame)
  }

  #ask(question: Question): Promise<ServerFrame> {
    const socket = this.#socket
    if (!socket || socket.readyState !== WebSocket.OPEN) return Promise.reject(new Unheard("There is no connection."))
    const id = this.#nextId++
    const attempt = this.#attempt
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lose(attempt, 1006), ANSWER_WITHIN_MS)
      this.#waiting.set(id, { resolve, reject, timer })
      socket.send(JSON.stringify({ id, ...question }))
    })
  }

  // --- is it still there? ----------------------------------------------------------------------------------------

  #pulseIn(ms: number): void {
    clearTimeout(this.#pulse)
    this.#pulse = setTimeout(() => this.#beat(), ms)
  }

  /** Quiet for a whole interval: ask. Nobody hears the protocol's own pings in a page. */
  #beat(): void {
    const quiet_ms = Date.now() - this.#heardAt_ms
    if (quiet_ms < this.#ping_ms) this.#pulseIn(this.#ping_ms - quiet_ms)
    else this.#probe()
  }

  #probe(): void {
    const attempt = this.#attempt
    const asked_ms = Date.now()
    this.#socket?.send(JSON.stringify({ type: "ping" }))
    clearTimeout(this.#pulse)
    this.#pulse = setTimeout(() => {
      if (this.#heardAt_ms >= asked_ms) this.#pulseIn(this.#ping_ms)
      else this.#lose(attempt, 1006)
    }, PROBE_WITHIN_MS)
  }

  #back = (): void => {
    if (document.hidden || !navigator.onLine) return
    if (this.#state.status === "open") this.#probe()
    else if (this.#state.status === "lost" && !this.#socket) {
      this.#tries = 0
      void this.#connect("lost") // no more waiting; an attempt that is under way goes on
    }
  }

  #listenToBrowser(on: boolean): void {
    const change = on ? "addEventListener" : "removeEventListener"
    globalThis[change]("online", this.#back)
    document[change]("visibilitychange", this.#back)
  }

  #set(state: LinkState): void {
    this.#state = state
    for (const listeners of this.#rooms.values()) for (const listener of listeners) listener.link(state)
  }
}
