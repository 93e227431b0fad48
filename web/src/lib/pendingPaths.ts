// TEMPORARY: routes of the chat and of follows that schema.gen.ts does not hold yet, in its own form. When it does, delete
// this file and take `PendingPaths` out of api.ts and types.ts: no call changes.
import type { paths } from "../schema.gen"

type StreamList = paths["/api/v1/live/streams"]["get"]["responses"][200]["content"]["application/json"]["data"]
interface Answers<Data, Status extends number = 200> {
  responses: Record<Status, { headers: Record<string, unknown>; content: { "application/json": { data: Data } } }>
}
type In<Path, Query = never> = {
  parameters: { path: Path; query?: Query; header?: never; cookie?: never }
}
type Body<B> = { requestBody: { content: { "application/json": B } } }
type Nothing = Record<string, never>
type Window = { limit?: number; offset?: number }

interface PersonName {
  id: string
  username: string
}
export interface ChatSettings {
  enabled: boolean
  slow_mode_seconds: number
  followers_only: boolean
  blocked_words: string[]
}
export interface Sanction {
  user: PersonName
  kind: "ban" | "timeout"
  until: string | null
  created_at: string
}
export interface AuditEntry {
  id: string
  action:
    | "delete_message"
    | "timeout"
    | "end_timeout"
    | "ban"
    | "unban"
    | "settings"
    | "add_moderator"
    | "remove_moderator"
  actor: PersonName | null
  target: PersonName | null
  message_id: string | null
  details: Record<string, unknown>
  created_at: string
}
export interface Member extends PersonName {
  role: "host" | "moderator" | "staff" | "member" | "guest"
  badge: "host" | "moderator" | "staff" | null
}
interface Message {
  id: string
  seq: number
  user: PersonName & { badge: Member["badge"] }
  content: string
  reply_to: string | null
  created_at: string
}
export interface Followed {
  following: boolean
  follower_count: number
}
type Room = { stream_id: string }
type InRoom = Room & { user_id: string }
type Person = { username: string }

export interface PendingPaths {
  "/api/v1/chat/ticket": { post: Answers<{ ticket: string; url: string; expires_in: number }, 201> }
  "/api/v1/live/streams/{stream_id}/chat/messages": {
    get: In<Room, { before?: number; limit?: number }> &
      Answers<{ messages: Message[]; total: number; limit: number; next_cursor: number | null }>
  }
  "/api/v1/live/streams/{stream_id}/chat/messages/{message_id}": {
    delete: In<Room & { message_id: string }> & Answers<Nothing>
  }
  "/api/v1/live/streams/{stream_id}/chat/timeouts": {
    post: In<Room> & Body<{ user_id: string; seconds: number }> & Answers<Nothing>
  }
  "/api/v1/live/streams/{stream_id}/chat/timeouts/{user_id}": { delete: In<InRoom> & Answers<Nothing> }
  "/api/v1/live/streams/{stream_id}/chat/bans": {
    get: In<Room, Window> & Answers<{ bans: Sanction[]; total: number; limit: number; offset: number }>
    post: In<Room> & Body<{ user_id: string }> & Answers<Nothing>
  }
  "/api/v1/live/streams/{stream_id}/chat/bans/{user_id}": { delete: In<InRoom> & Answers<Nothing> }
  "/api/v1/live/streams/{stream_id}/chat/settings": {
    get: In<Room> & Answers<ChatSettings>
    put: In<Room> & Body<Partial<ChatSettings>> & Answers<ChatSettings>
  }
  "/api/v1/live/streams/{stream_id}/chat/moderators": {
    get: In<Room> & Answers<{ moderators: PersonName[]; total: number }>
  }
  "/api/v1/live/streams/{stream_id}/chat/moderators/{user_id}": {
    put: In<InRoom> & Answers<Nothing>
    delete: In<InRoom> & Answers<Nothing>
  }
  "/api/v1/live/streams/{stream_id}/chat/audit": {
    get: In<Room, Window> & Answers<{ entries: AuditEntry[]; total: number; limit: number; offset: number }>
  }
  "/api/v1/live/streams/{stream_id}/chat/members": { get: In<Room> & Answers<{ members: Member[]; total: number }> }
  "/api/v1/live/streams/following": { get: { parameters: { query?: Window } } & Answers<StreamList> }
  "/api/v1/users/{username}/follow": {
    put: In<Person> & Answers<Followed>
    delete: In<Person> & Answers<Followed>
  }
}

/** What a profile gains. */
export interface FollowCounts {
  follower_count: number
  following_count: number
  is_following: boolean | null
}
