// One room over a link: what it sends again, what it fetches, what it never sends. The test is the server.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { ApiError } from "../../../lib/errors"
import { aJoined, aMessage, someMessages } from "../../../testing/chat"
import { ChatLink } from "./link"
import { type Page, RoomStore } from "./roomStore"
import type { ChatMessage, Joined } from "./wire"

interface Heard {
  id: number
  type: string
  nonce?: string
  since?: { epoch: string; seq: number }
}

/** A server with one socket at a time. */
class Server {
  socket = new EventTarget()
  heard: Heard[] = []
  joined: Joined = aJoined({ messages: someMessages(3) })

  open = (): WebSocket => {
    this.socket = Object.assign(new EventTarget(), {
      readyState: WebSocket.OPEN,
      send: (text: string) => void this.heard.push(JSON.parse(text) as Heard),
      close: () => undefined,
    })
    return this.socket as WebSocket
  }

  says(frame: object): void {
    this.socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }))
  }

  async welcome(id = "me"): Promise<void> {
    await pass()
    this.says({ type: "welcome", session_id: "s", user: { id, username: id }, ping_interval: 25_000 })
    this.says({ type: "joined", id: this.last("join").id, room: "room", ...this.joined })
    await pass()
  }

  cut(): void {
    this.socket.dispatchEvent(new CloseEvent("close", { code: 1006 }))
  }

  last(type: string): Heard {
    return this.heard.findLast((frame) => frame.type === type) ?? expect.fail(`no ${type} was heard`)
  }

  all(type: string): Heard[] {
    return this.heard.filter((frame) => frame.type === type)
  }
}

const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const seqs = (store: RoomStore): number[] => store.get().messages.map(({ seq }) => seq)
const nothing = async (): Promise<Page> => ({ messages: [], next_cursor: null })

let leave: (() => void) | undefined

async function aRoom(readPage: (before: number, limit: number) => Promise<Page> = nothing) {
  const server = new Server()
  const link = new ChatLink({
    open: server.open,
    ticket: async () => null,
    pageUrl: () => "http://localhost:8080/",
    random: () => 0,
  })
  const read = vi.fn(readPage)
  const store = new RoomStore("room", link, read)
  leave = store.open()
  await server.welcome()
  return { server, link, store, read }
}

beforeEach(() => void vi.useFakeTimers())

afterEach(() => {
  leave?.()
  vi.useRealTimers()
})

test("what was sent and not acknowledged goes again after the reconnect, under the same nonce, and is there once", async () => {
  const { server, store } = await aRoom()
  store.send("hello", null)
  const { nonce } = server.last("send")
  server.cut()
  expect(store.get().connection).toBe("reconnecting")
  expect(store.get().outgoing).toMatchObject([{ nonce, status: "sending" }])
  server.joined = aJoined({ seq: 4, recovered: true, messages: [aMessage(4, { content: "hello" })] })
  await server.welcome()
  expect(server.last("join").since).toEqual({ epoch: "e1", seq: 3 })
  expect(server.all("send").map((frame) => frame.nonce)).toEqual([nonce, nonce])
  server.says({ type: "ack", id: server.last("send").id, message: aMessage(4, { content: "hello" }) })
  await pass()
  expect(store.get().outgoing).toEqual([])
  expect(seqs(store)).toEqual([1, 2, 3, 4])
})

test("what was refused is not sent again by itself, and goes under its nonce when asked", async () => {
  const { server, store } = await aRoom()
  store.send("hello", null)
  const { id, nonce } = server.last("send")
  server.says({ type: "error", id, code: "rate_limited", message: "Slow down.", retry_after_ms: 5000 })
  await pass()
  expect(store.get().outgoing).toMatchObject([
    { status: "failed", refused: { code: "rate_limited", until_ms: Date.now() + 5000 } },
  ])
  server.cut()
  await server.welcome()
  expect(server.all("send")).toHaveLength(1)
  store.again(nonce ?? "")
  expect(server.all("send").map((frame) => frame.nonce)).toEqual([nonce, nonce])
})

test("what one person wrote is never sent as another", async () => {
  const { server, link, store } = await aRoom()
  store.send("mine", null)
  link.identify()
  await server.welcome("somebody else")
  expect(server.all("send")).toHaveLength(1)
  expect(store.get().outgoing).toEqual([])
})

const log = new Map<number, ChatMessage>(someMessages(400).map((message) => [message.seq, message]))
/** The REST side as the server does it: the newest below `before`, oldest first. */
const pageOf = async (before: number, limit: number): Promise<Page> => {
  const messages = [...log.values()].filter(({ seq }) => seq < before).slice(-limit)
  const first = messages[0]?.seq ?? 1
  return { messages, next_cursor: first > 1 ? first : null }
}

test("a gap is fetched, page by page, and nothing is missing afterwards", async () => {
  const { server, store, read } = await aRoom(pageOf)
  server.says({ type: "gap", room: "room", from_seq: 4, to_seq: 253 })
  server.says({ type: "message", room: "room", message: aMessage(254) })
  await pass()
  expect(read.mock.calls).toEqual([
    [254, 100],
    [154, 100],
    [54, 50],
  ])
  expect(seqs(store)).toEqual(Array.from({ length: 254 }, (_, index) => index + 1))
  expect(store.get().gaps).toEqual([])
})

test("a gap that cannot be read is asked for again, and a reconnect meanwhile resumes below it", async () => {
  let broken = true
  const { server, store, read } = await aRoom(async (before, limit) => {
    if (broken) throw new ApiError("busy", { status: 503, code: "unavailable" })
    return pageOf(before, limit)
  })
  server.says({ type: "gap", room: "room", from_seq: 4, to_seq: 9 })
  await pass()
  expect(store.get().gaps).toEqual([{ from_seq: 4, to_seq: 9 }])
  broken = false
  await pass(3000)
  expect(read).toHaveBeenCalledTimes(2)
  expect(seqs(store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  broken = true
  server.says({ type: "gap", room: "room", from_seq: 10, to_seq: 12 })
  await pass()
  server.cut()
  await server.welcome()
  expect(server.last("join").since).toEqual({ epoch: "e1", seq: 9 })
})

test("away for too long: the end is shown at once and the rest fetched below it", async () => {
  const { server, store } = await aRoom(pageOf)
  server.cut()
  server.joined = aJoined({ seq: 380, recovered: false, messages: someMessages(50, 331) })
  await server.welcome()
  expect(seqs(store)).toEqual(Array.from({ length: 380 }, (_, index) => index + 1).slice(3))
  expect(store.get().older.before).toBe(4)
})

test("older messages come by page until the beginning; a failure can be tried again", async () => {
  let broken = true
  const server = await aRoom(async (before, limit) => {
    if (broken) throw new ApiError("busy", { status: 503, code: "unavailable" })
    return pageOf(before, limit)
  })
  const { store } = server
  server.server.cut()
  server.server.joined = aJoined({ epoch: "e2", seq: 80, messages: someMessages(20, 61) })
  await server.server.welcome()
  await store.loadOlder()
  expect(store.get().older).toEqual({ status: "failed", before: 61 })
  broken = false
  await Promise.all([store.loadOlder(), store.loadOlder()])
  expect(seqs(store)[0]).toBe(11)
  await store.loadOlder()
  expect(store.get().older).toEqual({ status: "idle", before: null })
  expect(seqs(store)).toHaveLength(80)
})

test("a room that is not there is closed to me; one that is busy is asked for again", async () => {
  const { server, store } = await aRoom()
  server.cut()
  await pass()
  server.says({ type: "welcome", session_id: "s", user: null, ping_interval: 25_000 })
  server.says({
    type: "error",
    id: server.last("join").id,
    code: "unavailable",
    message: "Later.",
    retry_after_ms: 1000,
  })
  await pass(999)
  expect(server.all("join")).toHaveLength(2)
  await pass(1)
  expect(server.all("join")).toHaveLength(3)
  server.says({ type: "error", id: server.last("join").id, code: "not_found", message: "Gone." })
  await pass()
  expect(store.get()).toMatchObject({ connection: "denied", why: "not_found" })
})
