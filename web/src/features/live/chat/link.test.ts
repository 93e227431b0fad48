// The socket's life: tickets, close codes, waiting, silence. Only the test moves the clock, and no socket is real.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { ApiError } from "../../../lib/errors"
import { aJoined } from "../../../testing/chat"
import { backoff_ms, ChatLink, type LinkState, Refusing, socketUrl, type Ticket, Unheard } from "./link"
import type { RoomPush } from "./wire"

const PAGE = "http://localhost:8080/live/room"

/** What the link sees of a socket; the test is the server. */
class FakeSocket extends EventTarget {
  readyState: number = WebSocket.OPEN
  readonly sent: Array<Record<string, unknown>> = []
  closed = false

  constructor(readonly url: string) {
    super()
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }

  close(): void {
    this.closed = true
    this.readyState = WebSocket.CLOSED
  }

  says(...frames: unknown[]): void {
    for (const frame of frames) this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }))
  }

  ends(code: number): void {
    this.readyState = WebSocket.CLOSED
    this.dispatchEvent(new CloseEvent("close", { code }))
  }
}

const WELCOME = { type: "welcome", session_id: "s", user: { id: "me", username: "nova" }, ping_interval: 25_000 }

function aLink(
  ticket: () => Promise<Ticket | null> = async () => ({ ticket: "t", url: "ws://localhost:8080/api/v1/ws" }),
) {
  const sockets: FakeSocket[] = []
  const asked = vi.fn(ticket)
  const link = new ChatLink({
    open: (url) => {
      const socket = new FakeSocket(url)
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    ticket: asked,
    pageUrl: () => PAGE,
    random: () => 1,
  })
  const heard: LinkState[] = []
  const pushes: RoomPush[] = []
  const leave = link.attach("room", { link: (state) => heard.push(state), pushed: (news) => pushes.push(...news) })
  const last = (): FakeSocket => sockets.at(-1) ?? expect.fail("no socket was opened")
  const status = (): string => link.state.status
  return { link, sockets, asked, heard, pushes, leave, last, status }
}

const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

async function opened(ticket?: () => Promise<Ticket | null>) {
  const all = aLink(ticket)
  leaving.push(all.leave)
  await pass()
  all.last().says(WELCOME)
  return all
}

const leaving: Array<() => void> = []

beforeEach(() => void vi.useFakeTimers())

afterEach(() => {
  for (const leave of leaving.splice(0)) leave()
  vi.useRealTimers()
})

test("a guest's socket is this page's; a ticket's is where the ticket says, on loopback by the page's own name", () => {
  const ticket = { ticket: "a b", url: "ws://localhost:8080/api/v1/ws" }
  expect(socketUrl(null, "https://veza.example/live/1?x=1")).toBe("wss://veza.example/api/v1/ws")
  expect(socketUrl(null, "http://127.0.0.1:5173/")).toBe("ws://127.0.0.1:5173/api/v1/ws")
  expect(socketUrl(ticket, "http://127.0.0.1:8080/")).toBe("ws://127.0.0.1:8080/api/v1/ws?ticket=a+b")
  expect(socketUrl({ ticket: "t", url: "wss://chat.example/ws" }, "https://veza.example/")).toBe(
    "wss://chat.example/ws?ticket=t",
  )
})

test("opens with a ticket, is open when welcomed, and joins by question and answer", async () => {
  const { link, last, heard } = await opened()
  expect(last().url).toBe("ws://localhost:8080/api/v1/ws?ticket=t")
  expect(heard.map(({ status }) => status)).toEqual(["connecting", "open"])
  const answer = link.join("room", { epoch: "e", seq: 4 })
  expect(last().sent).toEqual([{ id: 1, type: "join", room: "room", since: { epoch: "e", seq: 4 } }])
  last().says({ type: "joined", id: 1, room: "room", ...aJoined({ seq: 9 }) })
  expect((await answer).seq).toBe(9)
})

test("pushes come alone or in an array; unknown types and fields, and what is no JSON, pass", async () => {
  const { last, pushes } = await opened()
  last().says(
    { type: "viewers", room: "room", viewer_count: 1, since: "new" },
    [{ type: "viewers", room: "room", viewer_count: 2 }, { type: "poll", room: "room" }, 7, null],
    { type: "viewers", room: "another", viewer_count: 9 },
  )
  last().dispatchEvent(new MessageEvent("message", { data: "no json" }))
  last().dispatchEvent(new MessageEvent("message", { data: new Blob() }))
  expect(pushes.map((push) => "viewer_count" in push && push.viewer_count)).toEqual([1, 2])
})

test("a refusal carries its code and the wait", async () => {
  const { link, last } = await opened()
  const answer = link.send("room", "n", "hello", null).catch((cause: unknown) => cause)
  last().says({ type: "error", id: 1, code: "slow_mode", message: "Wait.", retry_after_ms: 3000 })
  const refusal = await answer
  expect(refusal).toBeInstanceOf(Refusing)
  expect(refusal).toMatchObject({ code: "slow_mode", retryAfterMs: 3000 })
})

test("a loss fails what was asked, waits with doubled, jittered steps and comes back", async () => {
  const { link, last, sockets, status } = await opened()
  const unheard = link.send("room", "n", "hello", null).catch((cause: unknown) => cause)
  last().ends(1006)
  expect(await unheard).toBeInstanceOf(Unheard)
  expect(status()).toBe("lost")
  for (const wait_ms of [500, 1000, 2000, 4000]) {
    const before = sockets.length
    await pass(wait_ms - 1)
    expect(sockets).toHaveLength(before)
    await pass(1)
    expect(sockets).toHaveLength(before + 1)
    last().ends(1006)
  }
  await pass(8000)
  last().says(WELCOME)
  expect(status()).toBe("open")
})

test("the wait is anywhere below its step, and never above half a minute", () => {
  expect(backoff_ms(3, () => 0)).toBe(0)
  expect(backoff_ms(3, () => 0.5)).toBe(2000)
  expect(backoff_ms(40, () => 1)).toBe(30_000)
})

test("a restart that was told of is waited for as it asks", async () => {
  const { last, sockets } = await opened()
  last().says({ type: "reconnect", after_ms: 7000 })
  last().ends(1012)
  await pass(6999)
  expect(sockets).toHaveLength(1)
  await pass(1)
  expect(sockets).toHaveLength(2)
})

test("4001 fetches a new ticket once; a second one stops", async () => {
  const { last, asked, link } = await opened()
  last().ends(4001)
  await pass()
  expect(asked).toHaveBeenCalledTimes(2)
  last().ends(4001)
  await pass(120_000)
  expect(asked).toHaveBeenCalledTimes(2)
  expect(link.state).toMatchObject({ status: "stopped", why: "unauthenticated" })
})

test("a steady connection may lose its sign-in again", async () => {
  const { last, asked } = await opened()
  last().ends(4001)
  await pass()
  last().says(WELCOME)
  await pass(11_000)
  last().ends(4001)
  await pass()
  expect(asked).toHaveBeenCalledTimes(3)
})

test.each([
  [4003, "forbidden"],
  [4009, "replaced"],
  [4029, "flooding"],
])("%i stops until somebody asks", async (code, why) => {
  const { last, sockets, link } = await opened()
  last().ends(code)
  expect(link.state).toMatchObject({ status: "stopped", why })
  globalThis.dispatchEvent(new Event("online"))
  await pass(600_000)
  expect(sockets).toHaveLength(1)
  link.retry()
  await pass()
  last().says(WELCOME)
  expect(link.state.status).toBe("open")
})

test.each([4008, 1001, 1011])("%i comes back", async (code) => {
  const { last, sockets } = await opened()
  last().ends(code)
  await pass(500)
  expect(sockets).toHaveLength(2)
})

test("the browser back online or in sight ends the waiting at once", async () => {
  const { last, sockets } = await opened()
  for (let lost = 0; lost < 6; lost++) {
    last().ends(1006)
    globalThis.dispatchEvent(new Event("online"))
    await pass()
    expect(sockets).toHaveLength(lost + 2)
  }
  last().ends(1006)
  document.dispatchEvent(new Event("visibilitychange"))
  await pass()
  expect(sockets).toHaveLength(8)
})

test("a silent line is asked, and left when it does not answer", async () => {
  const { last, sockets, status } = await opened()
  await pass(20_000)
  last().says({ type: "viewers", room: "room", viewer_count: 1 })
  await pass(24_999)
  expect(last().sent).toEqual([])
  await pass(1)
  expect(last().sent).toEqual([{ type: "ping" }])
  last().says({ type: "pong" })
  await pass(5000)
  expect(status()).toBe("open")
  await pass(25_000)
  expect(last().sent).toHaveLength(2)
  const dead = last()
  await pass(5000)
  expect(dead.closed).toBe(true)
  expect(status()).toBe("lost")
  await pass(500)
  expect(sockets).toHaveLength(2)
})

test("a line that neither welcomes nor answers is left", async () => {
  const { sockets, status, leave } = aLink()
  leaving.push(leave)
  await pass(10_000)
  expect(status()).toBe("lost")
  await pass(500)
  expect(sockets).toHaveLength(2)
  sockets[1]?.says(WELCOME)
  expect(status()).toBe("open")
})

test("an unanswered question ends the connection", async () => {
  const { link, status } = await opened()
  const unheard = link.send("room", "n", "hello", null).catch((cause: unknown) => cause)
  await pass(10_000)
  expect(await unheard).toBeInstanceOf(Unheard)
  expect(status()).toBe("lost")
})

const refusing = (status: number, code: string, retryAfterS?: number) => async (): Promise<never> => {
  throw new ApiError("no", { status, code, retryAfterS })
}

test("without a ticket: a guest after 401, stopped by 403, later after 429 and silence", async () => {
  const guest = aLink(refusing(401, "unauthenticated"))
  const suspended = aLink(refusing(403, "suspended"))
  const busy = aLink(refusing(429, "rate_limited", 7))
  const offline = aLink(refusing(0, "offline"))
  leaving.push(guest.leave, suspended.leave, busy.leave, offline.leave)
  await pass()
  expect(guest.last().url).toBe("ws://localhost:8080/api/v1/ws")
  expect(suspended.link.state).toMatchObject({ status: "stopped", why: "forbidden" })
  expect([busy.status(), offline.status()]).toEqual(["lost", "lost"])
  await pass(6999)
  expect(busy.asked).toHaveBeenCalledTimes(1)
  await pass(1)
  expect(busy.asked).toHaveBeenCalledTimes(2)
})

test("another person gets another socket, and what the old one still says is not heard", async () => {
  const { link, last, sockets, pushes } = await opened()
  const old = last()
  link.identify()
  await pass()
  expect(old.closed).toBe(true)
  expect(sockets).toHaveLength(2)
  old.says({ type: "viewers", room: "room", viewer_count: 1 })
  old.ends(1006)
  expect(pushes).toEqual([])
  last().says(WELCOME)
  expect(link.state.status).toBe("open")
})

test("rooms share the socket; the last to leave closes it", async () => {
  const { link, last, sockets, leave } = await opened()
  const leaveOther = link.attach("other", { link: () => undefined, pushed: () => undefined })
  expect(sockets).toHaveLength(1)
  leave()
  expect(last().sent).toEqual([{ id: 1, type: "leave", room: "room" }])
  expect(last().closed).toBe(false)
  leaveOther()
  expect(last().closed).toBe(true)
  await pass(60_000)
  expect(sockets).toHaveLength(1)
})
