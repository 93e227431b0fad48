// A stream's chat as a hook: what was said, how the connection is, what I may do. Streams' news go on to the page's caches.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react"
import type { StreamStatus } from "../../../lib/types"
import { useNow } from "../../../lib/useBrowser"
import { streamQuery, viewersQuery } from "../api"
import { readPage } from "./api"
import { chatLink } from "./chatLink"
import type { ChatLink } from "./link"
import { KEPT_READING, type Outgoing, type RoomState, waiting, whyNot } from "./room"
import { RoomStore } from "./roomStore"

export interface LiveStreamChat {
  streamId: string
  room: RoomState
  /** Mine that stand below the conversation. */
  outgoing: Outgoing[]
  me: { id: string; username: string } | null
  moderates: boolean
  appoints: boolean
  canSend: boolean
  /** Why not, and for how long; null while there is nothing against it. */
  refusal: { code: string; left_ms: number | null } | null
  hasOlder: boolean
  send: (content: string, reply_to: string | null) => void
  again: (nonce: string) => void
  discard: (nonce: string) => void
  erase: (message_id: string) => void
  pin: (pinned: boolean) => void
  loadOlder: () => Promise<void>
  reconnect: () => void
}

/** Tells the page's own queries what the socket heard: it goes live, interrupted, ended without asking. */
function useNews(streamId: string, { streamStatus, viewerCount }: RoomState): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (viewerCount === null) return
    queries.setQueryData(viewersQuery(streamId).queryKey, { viewer_count: viewerCount })
    queries.setQueryData(streamQuery(streamId).queryKey, (stream) =>
      stream
        ? { ...stream, viewer_count: viewerCount, peak_viewers: Math.max(stream.peak_viewers, viewerCount) }
        : stream,
    )
  }, [queries, streamId, viewerCount])

  // Each news once, and only when there is something to correct: what REST says afterwards is later.
  const loaded = useQuery({ ...streamQuery(streamId), enabled: false }).data !== undefined
  const told = useRef<StreamStatus | null>(null)
  useEffect(() => {
    if (streamStatus === null || !loaded || told.current === streamStatus) return
    told.current = streamStatus
    const { queryKey } = streamQuery(streamId)
    if (queries.getQueryData(queryKey)?.status === streamStatus) return
    queries.setQueryData(queryKey, (stream) =>
      stream
        ? { ...stream, status: streamStatus, is_live: streamStatus === "live" || streamStatus === "interrupted" }
        : stream,
    )
    // Start and end times come with the rest of the stream.
    void queries.invalidateQueries({ queryKey })
  }, [queries, streamId, streamStatus, loaded])
}

export function useLiveStreamChat(streamId: string, link: ChatLink = chatLink): LiveStreamChat {
  const [store] = useState(() => new RoomStore(streamId, link, (before, limit) => readPage(streamId, before, limit)))
  useEffect(() => store.open(), [store])
  const room = useSyncExternalStore(store.subscribe, store.get)
  const me = useSyncExternalStore(store.subscribe, store.user)
  useNews(streamId, room)

  const { rights } = room
  const held = rights !== null && !rights.can_send && rights.send_again_ms !== null
  useNow(1000, held) // a wait runs down by itself
  const refusal = whyNot(rights, Date.now())
  const role = rights?.role ?? "guest"
  const outgoing = useMemo(() => waiting(room, me?.id ?? null), [room, me])
  return {
    streamId,
    room,
    outgoing,
    me,
    moderates: role === "host" || role === "moderator" || role === "staff",
    appoints: role === "host" || role === "staff",
    canSend: room.connection === "open" && rights !== null && refusal === null,
    refusal,
    hasOlder: room.older.before !== null && room.messages.length < KEPT_READING,
    send: (content, reply_to) => store.send(content, reply_to),
    again: (nonce) => store.again(nonce),
    discard: (nonce) => store.discard(nonce),
    erase: (id) => store.erase(id),
    pin: (pinned) => store.pin(pinned),
    loadOlder: () => store.loadOlder(),
    reconnect: () => store.reconnect(),
  }
}
