// The server's side of the chat socket, for stories and tests: welcomes, lets in, acknowledges, and says what it is told to.
import { type WebSocketHandler, ws } from "msw/ws"
import type { ChatMessage, Joined, RoomPush } from "../features/live/chat/wire"
import { aJoined, aMessage } from "./chat"

interface Frame {
  type: string
  id: number
  room: string
  nonce: string
  content: string
  reply_to?: string
  since?: { epoch: string; seq: number }
}

type Reply = { code: string; message?: string; retry_after_ms?: number } | "silence" | undefined

interface Script {
  /** Who the socket is; null for a guest. */
  user?: { id: string; username: string } | null
  joined?: Partial<Joined>
  /** What is said to a frame instead of the usual answer. */
  reply?: (frame: Frame) => Reply
  /** Closes every socket with this code instead of welcoming it. */
  closes?: number
  /** Takes connections and never says a word. */
  silent?: boolean
}

interface Client {
  send: (data: string) => void
  close: (code?: number) => void
}

type WithoutRoom<P> = P extends RoomPush ? Omit<P, "room"> : never

export class FakeChat {
  readonly handler: WebSocketHandler
  /** Everything that clients said. */
  heard: Frame[] = []
  /** How many sockets were opened. */
  opened = 0
  #clients = new Set<Client>()
  #room = ""
  #seq = 0
  #spoken: ChatMessage[] = []
  readonly #script: Script

  constructor(script: Script = {}) {
    this.#script = script
    const link = ws.link("ws://*/api/v1/ws")
    this.handler = link.addEventListener("connection", ({ client }) => this.#open(client))
  }

  /** Before each story: as if nobody had ever come. */
  reset = (): void => {
    this.heard = []
    this.opened = 0
    this.#clients.clear()
    this.#spoken = []
    this.#seq = this.#first().seq
  }

  /** To everybody in the room; several go in one frame, as in a busy room. */
  push(...pushes: Array<WithoutRoom<RoomPush>>): void {
    const frames = pushes.map((push) => ({ room: this.#room, ...push }))
    for (const client of this.#clients) client.send(JSON.stringify(frames.length === 1 ? frames[0] : frames))
  }

  /** Somebody says something. */
  say(change: Parameters<typeof aMessage>[1] = {}): ChatMessage {
    this.#seq += 1
    const message = aMessage(this.#seq, change)
    this.#spoken.push(message)
    this.push({ type: "message", message })
    return message
  }

  /** As `say`, while the line is down: it comes with the next join. */
  sayUnheard(change: Parameters<typeof aMessage>[1] = {}): void {
    this.#seq += 1
    this.#spoken.push(aMessage(this.#seq, change))
  }

  cut(code = 1012): void {
    const clients = [...this.#clients]
    this.#clients.clear()
    for (const client of clients) client.close(code)
  }

  #first(): Joined {
    return aJoined(this.#script.joined)
  }

  #open(client: {
    send: (data: string) => void
    close: (code?: number) => void
    addEventListener: (type: "message", listener: (event: MessageEvent) => void) => void
  }): void {
    this.opened += 1
    this.#seq = Math.max(this.#seq, this.#first().seq)
    if (this.#script.silent) return
    if (this.#script.closes !== undefined) {
      const code = this.#script.closes
      queueMicrotask(() => client.close(code))
      return
    }
    client.addEventListener("message", (event) => this.#hear(client, JSON.parse(String(event.data)) as Frame))
    client.send(
      JSON.stringify({ type: "welcome", session_id: "s", user: this.#script.user ?? null, ping_interval: 25_000 }),
    )
  }

  #hear(client: Client, frame: Frame): void {
    this.heard.push(frame)
    const { id, type } = frame
    const answer = (body: object): void => client.send(JSON.stringify({ id, ...body }))
    const reply = this.#script.reply?.(frame)
    if (reply === "silence") return
    if (reply) answer({ type: "error", message: "The server said no.", ...reply })
    else if (type === "join") {
      this.#room = frame.room
      this.#clients.add(client)
      answer({ type: "joined", room: frame.room, ...this.#joined(frame.since) })
    } else if (type === "send") answer({ type: "ack", message: this.#speak(frame) })
    else answer({ type: type === "ping" ? "pong" : "ack" })
  }

  #joined(since: Frame["since"]): Joined {
    const first = this.#first()
    const known = since?.epoch === first.epoch ? since.seq : null
    const messages = [...first.messages, ...this.#spoken].filter(({ seq }) => known === null || seq > known)
    return { ...first, seq: this.#seq, recovered: known !== null, messages }
  }

  #speak({ content, reply_to }: Frame): ChatMessage {
    const user = { badge: null, ...this.#script.user }
    return this.say({ content, reply_to: reply_to ?? null, user })
  }
}
