// Made-up messages and rights of a chat, for stories and tests.

import type { Author, ChatMessage, Joined, Permissions, RoomRole } from "../features/live/chat/wire"
import type { AuditEntry, Member, Sanction } from "../lib/types"

const WAITS = new Set(["banned", "unauthenticated"])

/** All rights as `role`, or those that remain when `code` stands against sending. */
export function permissions(
  code?: string,
  retry_after_ms: number | null = null,
  role: RoomRole = "member",
): Permissions {
  if (!code) return { can_read: true, can_join: true, can_send: true, reasons: {}, role }
  const reason = { code, retry_after_ms }
  const outside = WAITS.has(code)
  return {
    can_read: true,
    can_join: !outside,
    can_send: false,
    reasons: { can_send: reason, ...(outside ? { can_join: reason } : {}) },
    role: code === "unauthenticated" ? "guest" : role,
  }
}

const PEOPLE: ReadonlyArray<[string, Author["badge"]]> = [
  ["nova", "host"],
  ["djamilah", null],
  ["studio_k", "moderator"],
  ["the_hollow_trio", null],
  ["ines", null],
  ["reverb_talk", null],
]

const WORDS = [
  "Good evening from Lisbon",
  "That bass line is something else",
  "Welcome in, everybody. The tape echo is a Roland from 1974, and it hums a little; that is part of it.",
  "which delay is this?",
  "Been waiting all week for this",
  "🔥🔥🔥",
  "The recording of last week is at https://example.com/late-night?take=3 for who missed it.",
  "could you play the one from the kitchen session?",
]

export const personId = (index: number): string => `0190a000-0000-7000-8000-${String(index).padStart(12, "0")}`

interface Change extends Partial<Omit<ChatMessage, "user">> {
  user?: Partial<Author>
}

/** Message number `seq`; who says what follows from the number. */
export function aMessage(seq: number, { user, ...change }: Change = {}): ChatMessage {
  const who = seq % PEOPLE.length
  const [username, badge] = PEOPLE[who] ?? ["somebody", null]
  return {
    id: `0190d000-0000-7000-8000-${String(seq).padStart(12, "0")}`,
    seq,
    user: { id: personId(who + 1), username, badge, ...user },
    content: WORDS[seq % WORDS.length] ?? "",
    reply_to: null,
    created_at: new Date(Date.UTC(2026, 0, 6, 20, 0, 0) + seq * 7000).toISOString(),
    ...change,
  }
}

export const someMessages = (count: number, from = 1): ChatMessage[] =>
  Array.from({ length: count }, (_, index) => aMessage(from + index))

export function aJoined(change: Partial<Joined> = {}): Joined {
  const messages = change.messages ?? []
  return {
    epoch: "e1",
    seq: messages.at(-1)?.seq ?? 0,
    recovered: false,
    permissions: permissions(),
    state: { enabled: true, slow_mode_seconds: 0, followers_only: false },
    stream: { status: "live" },
    viewer_count: 128,
    messages,
    deleted: [],
    ...change,
  }
}

export const someMembers = (): { members: Member[]; total: number } => {
  const members = PEOPLE.map(
    ([username, badge], index): Member => ({ id: personId(index + 1), username, role: badge ?? "member", badge }),
  )
  return { members, total: members.length }
}

const person = (index: number): { id: string; username: string } => ({
  id: personId(index + 1),
  username: PEOPLE[index]?.[0] ?? "somebody",
})

export const someBans = (): { bans: Sanction[]; total: number; limit: number; offset: number } => ({
  bans: [
    { user: person(5), kind: "ban", until: null, created_at: "2026-01-06T20:10:00Z" },
    { user: person(1), kind: "timeout", until: "2026-01-06T20:30:00Z", created_at: "2026-01-06T20:20:00Z" },
  ],
  total: 2,
  limit: 50,
  offset: 0,
})

const ACTS: ReadonlyArray<[AuditEntry["action"], number, number | null, Record<string, unknown>]> = [
  ["timeout", 2, 1, { seconds: 600 }],
  ["ban", 2, 5, {}],
  ["delete_message", 2, 5, {}],
  ["settings", 0, null, { slow_mode_seconds: 10 }],
  ["add_moderator", 0, 2, {}],
]

export const someAudit = (): { entries: AuditEntry[]; total: number; limit: number; offset: number } => ({
  entries: ACTS.map(([action, actor, target, details], index) => ({
    id: `0190e000-0000-7000-8000-00000000000${index}`,
    action,
    actor: person(actor),
    target: target === null ? null : person(target),
    message_id: null,
    details,
    created_at: new Date(Date.UTC(2026, 0, 6, 20, 20 - index * 3)).toISOString(),
  })),
  total: ACTS.length,
  limit: 50,
  offset: 0,
})
