// The room as a reader sees it: everything once, in order, whatever the connection does.
import { expect, test } from "vitest"
import { aJoined, aMessage, permissions } from "../../../testing/chat"
import { EMPTY_ROOM, KEPT, type RoomEvent, type RoomState, reduce, sinceOf, waiting, whyNot } from "./room"
import type { ChatMessage, RoomPush } from "./wire"

const ROOM = "room"
const after = (events: RoomEvent[], from: RoomState = EMPTY_ROOM): RoomState => events.reduce(reduce, from)
const said = (...seqs: number[]): RoomEvent => ({
  type: "pushed",
  at_ms: 0,
  pushes: seqs.map((seq): RoomPush => ({ type: "message", room: ROOM, message: aMessage(seq) })),
})
const joined = (change: Parameters<typeof aJoined>[0] = {}): RoomEvent => ({
  type: "joined",
  at_ms: 0,
  joined: aJoined(change),
})
const seqs = (state: RoomState): number[] => state.messages.map(({ seq }) => seq)
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const messages = (from: number, to: number): ChatMessage[] => range(from, to).map((seq) => aMessage(seq))

test("a first join shows the end of the conversation and where older ones begin", () => {
  const state = after([joined({ seq: 60, messages: messages(11, 60) })])
  expect(state.connection).toBe("open")
  expect(seqs(state)).toEqual(range(11, 60))
  expect(state.older.before).toBe(11)
  expect(sinceOf(state)).toEqual({ epoch: "e1", seq: 60 })
  expect(after([joined({ seq: 3, messages: messages(1, 3) })]).older.before).toBeNull()
})

test("a message that comes twice, or by push and by acknowledgement, is shown once", () => {
  const state = after([
    joined({ seq: 2, messages: messages(1, 2) }),
    { type: "send", nonce: "n", content: "hello", reply_to: null },
    said(3, 3),
    { type: "acknowledged", nonce: "n", message: aMessage(3), at_ms: 0 },
    said(2, 3, 4),
  ])
  expect(seqs(state)).toEqual([1, 2, 3, 4])
  expect(state.outgoing).toEqual([])
})

test("my acknowledgement may overtake the others' messages without making a gap", () => {
  const state = after([
    joined({ seq: 2, messages: messages(1, 2) }),
    { type: "send", nonce: "n", content: "hello", reply_to: null },
    { type: "acknowledged", nonce: "n", message: aMessage(5), at_ms: 0 },
    said(3, 4),
  ])
  expect(state.gaps).toEqual([])
  expect(seqs(state)).toEqual([1, 2, 3, 4, 5])
  expect(after([said(6)], state).gaps).toEqual([])
})

test("a hole and a told gap are both missing until they are filled, and a reconnect resumes below them", () => {
  const holed = after([joined({ seq: 2, messages: messages(1, 2) }), said(5)])
  expect(holed.gaps).toEqual([{ from_seq: 3, to_seq: 4 }])
  expect(sinceOf(holed)?.seq).toBe(2)
  const told = after(
    [{ type: "pushed", at_ms: 0, pushes: [{ type: "gap", room: ROOM, from_seq: 6, to_seq: 9 }] }, said(10)],
    holed,
  )
  expect(told.gaps).toEqual([
    { from_seq: 3, to_seq: 4 },
    { from_seq: 6, to_seq: 9 },
  ])
  const filled = after([{ type: "filled", gap: { from_seq: 3, to_seq: 4 }, messages: messages(1, 4) }], told)
  expect(seqs(filled)).toEqual([1, 2, 3, 4, 5, 10])
  expect(sinceOf(filled)?.seq).toBe(5)
  const whole = after([{ type: "filled", gap: { from_seq: 6, to_seq: 9 }, messages: messages(7, 9) }], filled)
  expect(sinceOf(whole)?.seq).toBe(10)
})

test("a room that was empty misses nothing either", () => {
  const empty = after([joined()])
  expect(sinceOf(empty)).toEqual({ epoch: "e1", seq: 0 })
  expect(after([said(2)], empty).gaps).toEqual([{ from_seq: 1, to_seq: 1 }])
  const late = after([joined({ seq: 400, recovered: false, messages: messages(351, 400) })], empty)
  expect(late.gaps).toEqual([{ from_seq: 1, to_seq: 350 }])
})

test("a resume adds what was missed, takes away what was deleted, and counts it", () => {
  const state = after([
    joined({ seq: 3, messages: messages(1, 3) }),
    { type: "connection", connection: "reconnecting" },
    joined({ seq: 6, recovered: true, messages: messages(4, 6), deleted: [aMessage(2).id] }),
  ])
  expect(seqs(state)).toEqual([1, 2, 3, 4, 5, 6])
  expect(state.messages[1]).toMatchObject({ deleted: true, content: "" })
  expect(state.caughtUp).toBe(3)
})

test("away for too long: the end replaces what was, the hole is fetched, a new epoch forgets everything", () => {
  const before = after([joined({ seq: 10, messages: messages(1, 10) })])
  const late = after([joined({ seq: 400, recovered: false, messages: messages(351, 400) })], before)
  expect(seqs(late)).toEqual(range(351, 400))
  expect(late.gaps).toEqual([{ from_seq: 11, to_seq: 350 }])
  const later = after([joined({ seq: 9000, recovered: false, messages: messages(8951, 9000) })], before)
  expect(later.gaps).toEqual([{ from_seq: 8951 - (KEPT - 50), to_seq: 8950 }])
  const other = after([joined({ epoch: "e2", seq: 5, recovered: false, messages: messages(4, 5) })], before)
  expect(other.gaps).toEqual([])
  expect(seqs(other)).toEqual([4, 5])
})

test("a deletion may come before its message", () => {
  const state = after([
    joined({ seq: 1, messages: messages(1, 1) }),
    { type: "pushed", at_ms: 0, pushes: [{ type: "message_deleted", room: ROOM, message_id: aMessage(2).id }] },
    said(2),
  ])
  expect(state.messages[1]).toMatchObject({ seq: 2, deleted: true, content: "" })
})

test("at most 500 are kept while at the end; a reader further up loses nothing under their eyes", () => {
  const full = after([joined({ seq: KEPT, messages: messages(1, KEPT) })])
  const pinned = after([said(KEPT + 1, KEPT + 2)], full)
  expect(seqs(pinned)).toEqual(range(3, KEPT + 2))
  expect(pinned.older.before).toBe(3)
  const reading = after([{ type: "pinned", pinned: false }, said(KEPT + 1)], full)
  expect(seqs(reading)).toEqual(range(1, KEPT + 1))
  expect(seqs(after([{ type: "pinned", pinned: true }], reading))).toEqual(range(2, KEPT + 1))
})

test("older messages go on top, and the beginning is known", () => {
  const state = after([
    joined({ seq: 60, messages: messages(51, 60) }),
    { type: "older_wanted" },
    { type: "older_came", messages: messages(1, 50), before: null },
  ])
  expect(seqs(state)).toEqual(range(1, 60))
  expect(state.older).toEqual({ status: "idle", before: null })
})

test("a refused message keeps its words and its nonce", () => {
  const refused = { code: "blocked_words", message: "The host blocked a word in this.", until_ms: null }
  const state = after([
    joined(),
    { type: "send", nonce: "n", content: "a bad word", reply_to: null },
    { type: "refused", nonce: "n", refused },
  ])
  expect(waiting(state, "me")).toMatchObject([{ nonce: "n", content: "a bad word", status: "failed", refused }])
  expect(after([{ type: "again", nonce: "n" }], state).outgoing).toMatchObject([{ nonce: "n", status: "sending" }])
})

test("what came back to me before its acknowledgement is not shown twice, and my older words do not hide it", () => {
  const mine = (seq: number): ChatMessage => aMessage(seq, { content: "hello", user: { id: "me" } })
  const before = after([
    joined({ seq: 1, messages: [mine(1)] }),
    { type: "send", nonce: "n", content: "hello", reply_to: null },
  ])
  expect(waiting(before, "me")).toHaveLength(1)
  const back = after(
    [{ type: "pushed", at_ms: 0, pushes: [{ type: "message", room: ROOM, message: mine(2) }] }],
    before,
  )
  expect(waiting(back, "me")).toHaveLength(0)
})

test("waits run down by themselves; bans do not", () => {
  const slow = after([
    { type: "joined", at_ms: 1000, joined: aJoined({ permissions: permissions("slow_mode", 5000) }) },
  ]).rights
  expect(whyNot(slow, 2000)).toEqual({ code: "slow_mode", left_ms: 4000 })
  expect(whyNot(slow, 6000)).toBeNull()
  const banned = after([joined({ permissions: permissions("banned") })]).rights
  expect(whyNot(banned, 1e12)).toEqual({ code: "banned", left_ms: null })
})

test("my own message begins slow mode for a member, and not for a moderator", () => {
  const state = { enabled: true, slow_mode_seconds: 10, followers_only: false }
  const ack: RoomEvent = { type: "acknowledged", nonce: "n", message: aMessage(1), at_ms: 1000 }
  expect(whyNot(after([joined({ state }), ack]).rights, 1000)).toEqual({ code: "slow_mode", left_ms: 10_000 })
  const host = { ...permissions(), role: "host" as const }
  expect(whyNot(after([joined({ state, permissions: host }), ack]).rights, 1000)).toBeNull()
})

/** A small generator, so that a failing run can be run again by its seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A server that loses pushes, tells some gaps, deletes, cuts the line; a reader that fetches and resumes. */
class Conversation {
  readonly log = new Map(messages(1, 3).map((message) => [message.seq, message]))
  state = after([joined({ seq: 3, messages: messages(1, 3) })])
  #head = 3

  #between(from: number, to: number): ChatMessage[] {
    return [...this.log.values()].filter(({ seq }) => seq >= from && seq <= to)
  }

  #hear(...pushes: RoomPush[]): void {
    this.state = after([{ type: "pushed", at_ms: 0, pushes }], this.state)
  }

  /** So many new messages, of which the reader hears, is told, or nothing. */
  grow(count: number, fate: "heard" | "told" | "lost"): void {
    const fresh = messages(this.#head + 1, this.#head + count)
    for (const message of fresh) this.log.set(message.seq, message)
    const gap = { from_seq: this.#head + 1, to_seq: this.#head + count }
    this.#head += count
    if (fate === "heard") this.#hear(...fresh.map((message): RoomPush => ({ type: "message", room: ROOM, message })))
    if (fate === "told") this.#hear({ type: "gap", room: ROOM, ...gap })
  }

  resume(): void {
    const since = sinceOf(this.state)?.seq ?? 0
    const missed = this.#between(since + 1, this.#head)
    this.state = after([joined({ seq: this.#head, recovered: true, messages: missed })], this.state)
  }

  fill(): void {
    for (const gap of this.state.gaps) {
      this.state = after([{ type: "filled", gap, messages: this.#between(gap.from_seq, gap.to_seq) }], this.state)
    }
  }

  erase(pick: number): void {
    const gone = this.log.get(1 + (pick % this.#head))
    if (gone && this.log.delete(gone.seq)) this.#hear({ type: "message_deleted", room: ROOM, message_id: gone.id })
  }
}

function run(seed: number): Conversation {
  const random = randomOf(seed)
  const talk = new Conversation()
  const fates = ["heard", "heard", "heard", "told", "lost"] as const
  for (let step = 0; step < 60; step++) {
    talk.grow(1 + random(3), fates[random(fates.length)] ?? "heard")
    if (random(6) === 0) talk.resume()
    if (random(3) === 0) talk.fill()
    if (random(8) === 0) talk.erase(random(1000))
  }
  talk.resume()
  return talk
}

test("whatever is lost on the way, the reader ends with every message once and in order", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { state: shown, log } = run(seed)
    const alive = shown.messages.filter(({ deleted }) => !deleted).map(({ seq }) => seq)
    expect(alive, `seed ${seed}`).toEqual([...log.keys()].sort((a, b) => a - b))
    expect(new Set(seqs(shown)).size, `seed ${seed}`).toBe(shown.messages.length)
  }
})
