// The chat's REST side: tickets, older messages, moderation. What is live goes through the socket, not here.
import { queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../../lib/api"
import type { ChatSettings } from "../../../lib/types"
import type { Page } from "./roomStore"

const LISTED = 50
const room = (stream_id: string) => ({ params: { path: { stream_id } } })
const inRoom = (stream_id: string, user_id: string) => ({ params: { path: { stream_id, user_id } } })

export const createTicket = () => unwrap(api.POST("/api/v1/chat/ticket", {}))

export const readPage = (stream_id: string, before: number, limit: number): Promise<Page> =>
  unwrap(
    api.GET("/api/v1/live/streams/{stream_id}/chat/messages", {
      params: { path: { stream_id }, query: { before, limit } },
    }),
  )

/** `keepalive`: it may be the last thing that a page does. */
export const deleteMessage = (stream_id: string, message_id: string): Promise<unknown> =>
  unwrap(
    api.DELETE("/api/v1/live/streams/{stream_id}/chat/messages/{message_id}", {
      params: { path: { stream_id, message_id } },
      keepalive: true,
    }),
  )

export const timeOut = (stream_id: string, user_id: string, seconds: number): Promise<unknown> =>
  unwrap(api.POST("/api/v1/live/streams/{stream_id}/chat/timeouts", { ...room(stream_id), body: { user_id, seconds } }))

export const endTimeOut = (stream_id: string, user_id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/live/streams/{stream_id}/chat/timeouts/{user_id}", inRoom(stream_id, user_id)))

export const ban = (stream_id: string, user_id: string): Promise<unknown> =>
  unwrap(api.POST("/api/v1/live/streams/{stream_id}/chat/bans", { ...room(stream_id), body: { user_id } }))

export const unban = (stream_id: string, user_id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/live/streams/{stream_id}/chat/bans/{user_id}", inRoom(stream_id, user_id)))

export const setModerator = (stream_id: string, user_id: string, moderates: boolean): Promise<unknown> =>
  moderates
    ? unwrap(api.PUT("/api/v1/live/streams/{stream_id}/chat/moderators/{user_id}", inRoom(stream_id, user_id)))
    : unwrap(api.DELETE("/api/v1/live/streams/{stream_id}/chat/moderators/{user_id}", inRoom(stream_id, user_id)))

export const saveSettings = (stream_id: string, body: ChatSettings): Promise<unknown> =>
  unwrap(api.PUT("/api/v1/live/streams/{stream_id}/chat/settings", { ...room(stream_id), body }))

const chatKey = (stream_id: string, what: string) => ["chat", stream_id, what] as const

export const settingsQuery = (stream_id: string) =>
  queryOptions({
    queryKey: chatKey(stream_id, "settings"),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/live/streams/{stream_id}/chat/settings", { signal, ...room(stream_id) })),
    staleTime: 0,
  })

export const bansQuery = (stream_id: string) =>
  queryOptions({
    queryKey: chatKey(stream_id, "bans"),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/live/streams/{stream_id}/chat/bans", {
          signal,
          params: { path: { stream_id }, query: { limit: LISTED } },
        }),
      ),
    staleTime: 0,
  })

export const moderatorsQuery = (stream_id: string) =>
  queryOptions({
    queryKey: chatKey(stream_id, "moderators"),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/live/streams/{stream_id}/chat/moderators", { signal, ...room(stream_id) })),
    staleTime: 0,
  })

export const auditQuery = (stream_id: string) =>
  queryOptions({
    queryKey: chatKey(stream_id, "audit"),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/live/streams/{stream_id}/chat/audit", {
          signal,
          params: { path: { stream_id }, query: { limit: LISTED } },
        }),
      ),
    staleTime: 0,
  })

/** Who is in the room: named for mentions, listed on request. */
export const membersQuery = (stream_id: string) =>
  queryOptions({
    queryKey: chatKey(stream_id, "members"),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/live/streams/{stream_id}/chat/members", { signal, ...room(stream_id) })),
  })
