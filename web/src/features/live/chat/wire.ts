// The frames of the chat socket (docs/reference/chat.md), and their lenient reading: unknown types, fields and codes pass.
// Written by hand, since a socket is not in the OpenAPI document. No state and no socket here.
import type { StreamStatus } from "../../../lib/types"

export type Badge = "host" | "moderator" | "staff" | null
export type RoomRole = "host" | "moderator" | "staff" | "member" | "guest"

export interface Author {
  id: string
  username: string
  badge: Badge
}

export interface ChatMessage {
  id: string
  seq: number
  user: Author
  content: string
  reply_to: string | null
  created_at: string
}

/** Why a right is missing; `retry_after_ms` is null when waiting does not help. Codes we do not know keep their name. */
interface Reason {
  code: string
  retry_after_ms: number | null
}

export interface Permissions {
  can_read: boolean
  can_join: boolean
  can_send: boolean
  reasons: { can_read?: Reason; can_join?: Reason; can_send?: Reason }
  role: RoomRole
}

export interface RoomSettings {
  enabled: boolean
  slow_mode_seconds: number
  followers_only: boolean
}

export interface Since {
  epoch: string
  seq: number
}

export interface Joined {
  epoch: string
  seq: number
  recovered: boolean
  permissions: Permissions
  state: RoomSettings
  stream: { status: StreamStatus }
  viewer_count: number
  messages: ChatMessage[]
  deleted: string[]
}

/** What a room hears without having asked. */
export type RoomPush =
  | { type: "message"; room: string; message: ChatMessage }
  | { type: "message_deleted"; room: string; message_id: string }
  | { type: "permissions"; room: string; permissions: Permissions }
  | { type: "room_state"; room: string; state: RoomSettings }
  | { type: "viewers"; room: string; viewer_count: number }
  | { type: "stream"; room: string; status: StreamStatus }
  | { type: "gap"; room: string; from_seq: number; to_seq: number }

export interface Welcome {
  type: "welcome"
  user: { id: string; username: string } | null
  ping_interval: number
}

export interface Refusal {
  type: "error"
  id: number | string | null
  code: string
  message: string
  retry_after_ms?: number | null
}

type Answer = ({ type: "joined" } & Joined) | { type: "ack"; message?: ChatMessage } | { type: "pong" }

export type ServerFrame =
  | RoomPush
  | Welcome
  | Refusal
  | (Answer & { id?: number | string | null })
  | { type: "reconnect"; after_ms: number }

const PUSHES = new Set(["message", "message_deleted", "permissions", "room_state", "viewers", "stream", "gap"])

export const isRoomPush = (frame: ServerFrame): frame is RoomPush => PUSHES.has(frame.type)

const isFrame = (value: unknown): value is ServerFrame =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

/** One text frame: an object or an array of them. What is no frame at all is dropped. */
export function readFrames(text: unknown): ServerFrame[] {
  if (typeof text !== "string") return []
  try {
    const body: unknown = JSON.parse(text)
    return (Array.isArray(body) ? body : [body]).filter(isFrame)
  } catch {
    return []
  }
}
