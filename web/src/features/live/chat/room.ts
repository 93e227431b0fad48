// What one chat room looks like to one reader. Pure: events in, a new state out; no socket, no clock, no React.
//
// Order: `seq` counts a room's messages without holes, so a hole is a loss. `high` is the highest seq the server has told
// of; `gaps` are the stretches below it that were not delivered, and are fetched. What lies under both is known whole,
// and that is where a reconnect resumes. My own messages stand in `outgoing` under their nonce until they are acknowledged.

import type { StreamStatus } from "../../../lib/types"
import type { ChatMessage, Joined, Permissions, RoomPush, RoomSettings, Since } from "./wire"

/** So many messages are kept while the reader is at the end; */
export const KEPT = 500
/** so many while they read further up, so that nothing vanishes under their eyes. */
export const KEPT_READING = 1500
const DELETED_REMEMBERED = 500

type Connection = "connecting" | "open" | "reconnecting" | "denied" | "closed"

export interface ShownMessage extends ChatMessage {
  deleted?: true
}

export interface Gap {
  from_seq: number
  to_seq: number
}

/** Why a message was not taken. `until_ms`: when it may be tried again; null when waiting does not help. */
export interface Refused {
  code: string
  message: string
  until_ms: number | null
}

export interface Outgoing {
  nonce: string
  content: string
  reply_to: string | null
  status: "sending" | "failed"
  refused: Refused | null
  /** `high` when it was first sent: what I say comes after it. */
  after_seq: number
}

/** A right as it stands, with the wait as a moment of this machine's clock. */
export interface Rights extends Permissions {
  send_again_ms: number | null
}

interface Older {
  status: "idle" | "loading" | "failed"
  /** The next `before`; null when the beginning is here. */
  before: number | null
}

export interface RoomState {
  connection: Connection
  /** For `denied` and `closed`: the reason's code. */
  why: string | null
  epoch: string | null
  high: number
  gaps: Gap[]
  messages: ShownMessage[]
  /** Ids, newest last: a deletion may overtake its message. */
  deleted: string[]
  outgoing: Outgoing[]
  rights: Rights | null
  settings: RoomSettings | null
  viewerCount: number | null
  streamStatus: StreamStatus | null
  older: Older
  pinned: boolean
  /** Messages that a reconnect brought. */
  caughtUp: number
}

export type RoomEvent =
  | { type: "connection"; connection: Connection; why?: string | null }
  | { type: "joined"; joined: Joined; at_ms: number }
  | { type: "pushed"; pushes: RoomPush[]; at_ms: number }
  | { type: "filled"; gap: Gap; messages: ChatMessage[] }
  | { type: "older_wanted" }
  | { type: "older_came"; messages: ChatMessage[]; before: number | null }
  | { type: "older_failed" }
  | { type: "send"; nonce: string; content: string; reply_to: string | null }
  | { type: "acknowledged"; nonce: string; message: ChatMessage; at_ms: number }
  | { type: "refused"; nonce: string; refused: Refused }
  | { type: "again"; nonce: string }
  | { type: "discard"; nonce: string }
  | { type: "erased"; message_id: string }
  | { type: "pinned"; pinned: boolean }

export const EMPTY_ROOM: RoomState = {
  connection: "connecting",
  why: null,
  epoch: null,
  high: 0,
  gaps: [],
  messages: [],
  deleted: [],
  outgoing: [],
  rights: null,
  settings: null,
  viewerCount: null,
  streamStatus: null,
  older: { status: "idle", before: null },
  pinned: true,
  caughtUp: 0,
}

/** Where a reconnect resumes: below everything that is still missing. */
export function sinceOf({ epoch, high, gaps }: RoomState): Since | undefined {
  if (epoch === null) return undefined
  return { epoch, seq: Math.min(high, ...gaps.map((gap) => gap.from_seq - 1)) }
}

/** Merged by seq, each once; what was deleted has no words. */
function merged(kept: ShownMessage[], news: ChatMessage[], deleted: string[]): ShownMessage[] {
  const last = kept.at(-1)?.seq ?? 0
  const known = new Set(kept.map(({ seq }) => seq))
  const fresh: ShownMessage[] = []
  for (const message of news) {
    if (known.has(message.seq)) continue
    known.add(message.seq)
    fresh.push(deleted.includes(message.id) ? erased(message) : message)
  }
  if (fresh.length === 0) return kept
  const all = [...kept, ...fresh]
  return fresh.some(({ seq }) => seq < last) || fresh.length > 1 ? all.sort((a, b) => a.seq - b.seq) : all
}

export const erased = (message: ChatMessage): ShownMessage => ({
  ...message,
  content: "",
  reply_to: null,
  deleted: true,
})

/** Drops the oldest above the limit; they can be loaded again. */
function trimmed(state: RoomState): RoomState {
  const limit = state.pinned ? KEPT : KEPT_READING
  if (state.messages.length <= limit) return state
  const messages = state.messages.slice(-limit)
  const first = messages[0]?.seq ?? 0
  const gaps = state.gaps.filter((gap) => gap.to_seq >= first)
  return { ...state, messages, gaps, older: { ...state.older, before: first } }
}

/** `gap` without what is known meanwhile at either end; null when nothing is left. */
function withoutKnown({ from_seq, to_seq }: Gap, messages: ShownMessage[]): Gap | null {
  const known = new Set(messages.map(({ seq }) => seq))
  let from = from_seq
  let to = to_seq
  while (from <= to && known.has(from)) from += 1
  while (to >= from && known.has(to)) to -= 1
  return from > to ? null : { from_seq: from, to_seq: to }
}

function withGap(state: RoomState, gap: Gap): RoomState {
  const left = withoutKnown(gap, state.messages)
  const known = state.gaps.some((other) => other.from_seq === left?.from_seq && other.to_seq === left.to_seq)
  return {
    ...state,
    high: Math.max(state.high, gap.to_seq),
    gaps: left && !known ? [...state.gaps, left] : state.gaps,
  }
}

function withMessage(state: RoomState, message: ChatMessage): RoomState {
  const { seq } = message
  const whole =
    state.epoch !== null && seq > state.high + 1 ? withGap(state, { from_seq: state.high + 1, to_seq: seq - 1 }) : state
  return trimmed({
    ...whole,
    high: Math.max(whole.high, seq),
    messages: merged(whole.messages, [message], whole.deleted),
  })
}

function withDeleted(state: RoomState, ids: string[]): RoomState {
  if (ids.length === 0) return state
  const gone = new Set(ids)
  return {
    ...state,
    deleted: [...state.deleted, ...ids].slice(-DELETED_REMEMBERED),
    messages: state.messages.map((message) => (gone.has(message.id) ? erased(message) : message)),
  }
}

function withRights(state: RoomState, permissions: Permissions, at_ms: number): RoomState {
  const wait_ms = permissions.reasons.can_send?.retry_after_ms ?? null
  return { ...state, rights: { ...permissions, send_again_ms: wait_ms === null ? null : at_ms + wait_ms } }
}

function withPush(state: RoomState, push: RoomPush, at_ms: number): RoomState {
  switch (push.type) {
    case "message":
      return withMessage(state, push.message)
    case "message_deleted":
      return withDeleted(state, [push.message_id])
    case "permissions":
      return withRights(state, push.permissions, at_ms)
    case "room_state":
      return { ...state, settings: push.state }
    case "viewers":
      return { ...state, viewerCount: push.viewer_count }
    case "stream":
      return { ...state, streamStatus: push.status }
    case "gap": // one that begins above what was heard hides another before it
      return withGap(state, { from_seq: Math.min(push.from_seq, state.high + 1), to_seq: push.to_seq })
  }
}

/** After a resume everything missed is here. Otherwise the end of the conversation replaces what was, and the hole is a gap. */
function withJoined(state: RoomState, joined: Joined, at_ms: number): RoomState {
  const { epoch, seq, recovered, permissions, state: settings, stream, viewer_count, messages, deleted } = joined
  const now = {
    ...withRights(state, permissions, at_ms),
    connection: "open" as const,
    why: null,
    epoch,
    high: seq,
    gaps: [],
    settings,
    streamStatus: stream.status,
    viewerCount: viewer_count,
  }
  if (recovered && state.epoch === epoch) {
    const all = merged(state.messages, messages, state.deleted)
    return trimmed(withDeleted({ ...now, messages: all, caughtUp: all.length - state.messages.length }, deleted))
  }
  const fresh = merged([], messages, state.deleted)
  const first = fresh[0]?.seq ?? seq + 1
  const older = { status: "idle" as const, before: first > 1 ? first : null }
  const missed = state.epoch === epoch ? since(state, first, KEPT - fresh.length) : null
  return {
    ...now,
    messages: fresh,
    older,
    gaps: missed ? [missed] : [],
    caughtUp: state.epoch === null ? 0 : fresh.length,
  }
}

/** What lies between the last that was known and `first`, as much of it as is kept. */
function since(state: RoomState, first: number, room: number): Gap | null {
  const known = sinceOf(state)?.seq
  if (known === undefined) return null
  const from_seq = Math.max(known + 1, first - room)
  return from_seq < first ? { from_seq, to_seq: first - 1 } : null
}

function withFilled(state: RoomState, gap: Gap, messages: ChatMessage[]): RoomState {
  const inside = messages.filter(({ seq }) => seq >= gap.from_seq && seq <= gap.to_seq)
  const all = merged(state.messages, inside, state.deleted)
  const first = all[0]?.seq ?? 0
  const before = state.older.before !== null && first > 1 ? Math.min(state.older.before, first) : state.older.before
  return trimmed({
    ...state,
    gaps: state.gaps.filter(({ from_seq, to_seq }) => from_seq !== gap.from_seq || to_seq !== gap.to_seq),
    messages: all,
    older: { ...state.older, before },
  })
}

/** My message is written. Slow mode begins for those it holds. */
function withAcknowledged(state: RoomState, nonce: string, message: ChatMessage, at_ms: number): RoomState {
  const outgoing = state.outgoing.filter((sent) => sent.nonce !== nonce)
  const slow_s = state.settings?.slow_mode_seconds ?? 0
  const { rights } = state
  const held = slow_s > 0 && rights?.role === "member"
  return trimmed({
    ...state,
    outgoing,
    messages: merged(state.messages, [message], state.deleted),
    rights: held && rights ? slowed(rights, at_ms + slow_s * 1000) : rights,
  })
}

const slowed = (rights: Rights, until_ms: number): Rights => ({
  ...rights,
  can_send: false,
  reasons: { ...rights.reasons, can_send: { code: "slow_mode", retry_after_ms: null } },
  send_again_ms: until_ms,
})

const changed = (state: RoomState, nonce: string, change: Partial<Outgoing>): RoomState => ({
  ...state,
  outgoing: state.outgoing.map((sent) => (sent.nonce === nonce ? { ...sent, ...change } : sent)),
})

export function reduce(state: RoomState, event: RoomEvent): RoomState {
  switch (event.type) {
    case "connection":
      return { ...state, connection: event.connection, why: event.why ?? null }
    case "joined":
      return withJoined(state, event.joined, event.at_ms)
    case "pushed":
      return event.pushes.reduce((now, push) => withPush(now, push, event.at_ms), state)
    case "filled":
      return withFilled(state, event.gap, event.messages)
    case "older_wanted":
      return { ...state, older: { ...state.older, status: "loading" } }
    case "older_came":
      return {
        ...state,
        messages: merged(state.messages, event.messages, state.deleted),
        older: { status: "idle", before: event.before },
      }
    case "older_failed":
      return { ...state, older: { ...state.older, status: "failed" } }
    case "send": {
      const { nonce, content, reply_to } = event
      const sent: Outgoing = { nonce, content, reply_to, status: "sending", refused: null, after_seq: state.high }
      return { ...state, outgoing: [...state.outgoing, sent] }
    }
    case "acknowledged":
      return withAcknowledged(state, event.nonce, event.message, event.at_ms)
    case "refused":
      return changed(state, event.nonce, { status: "failed", refused: event.refused })
    case "again":
      return changed(state, event.nonce, { status: "sending", refused: null })
    case "discard":
      return { ...state, outgoing: state.outgoing.filter(({ nonce }) => nonce !== event.nonce) }
    case "erased":
      return withDeleted(state, [event.message_id])
    case "pinned":
      return event.pinned === state.pinned ? state : trimmed({ ...state, pinned: event.pinned })
  }
}

/** My messages that stand below the conversation. One that came back to me before its acknowledgement is not told twice. */
export function waiting({ outgoing, messages }: RoomState, myId: string | null): Outgoing[] {
  const isBack = ({ content, after_seq }: Outgoing): boolean =>
    messages.some(({ seq, user, content: said }) => seq > after_seq && user.id === myId && said === content)
  return outgoing.filter((sent) => sent.status === "failed" || !isBack(sent))
}

const PASSING = new Set(["slow_mode", "rate_limited", "timed_out"])

/** Why I may not write at `now_ms`, or null. The server does not tell when a wait is over: it runs down by itself. */
export function whyNot(rights: Rights | null, now_ms: number): { code: string; left_ms: number | null } | null {
  if (!rights || rights.can_send) return null
  const code = rights.reasons.can_send?.code ?? rights.reasons.can_join?.code ?? "forbidden"
  const left_ms = rights.send_again_ms === null ? null : rights.send_again_ms - now_ms
  if (left_ms !== null && left_ms <= 0 && PASSING.has(code)) return null
  return { code, left_ms }
}
