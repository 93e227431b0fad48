// Reads and writes of streams. A stream key never enters the query cache from here: see `readKey`.
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import type { Stream, StreamKey } from "../../lib/types"

export const CATEGORIES = ["music", "talk", "podcast", "gaming", "news", "education", "entertainment", "other"] as const
export type Category = (typeof CATEGORIES)[number]

export interface DirectoryFilter {
  category?: Category | undefined
  search?: string | undefined
}

const DIRECTORY_POLL_MS = 15_000
const WATCH_POLL_MS = 5000
const STUDIO_POLL_MS = 2000
/** While the chat's socket tells the status: only in case it stays silent. */
const PUSHED_POLL_MS = 30_000
const DIRECTORY_LIMIT = 48

/** Who is on air, busiest first. Polls while the page is visible. */
export const liveNowQuery = (filter: DirectoryFilter, limit = DIRECTORY_LIMIT) =>
  queryOptions({
    queryKey: ["live", "list", filter, limit],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/live/streams", { signal, params: { query: { is_live: true, limit, ...filter } } })),
    refetchInterval: DIRECTORY_POLL_MS,
    placeholderData: keepPreviousData,
  })

const getStream = (stream_id: string, signal?: AbortSignal): Promise<Stream> =>
  unwrap(api.GET("/api/v1/live/streams/{stream_id}", { signal: signal ?? null, params: { path: { stream_id } } }))

/** One stream; its status is polled, since a draft may begin and a broadcast may end at any time. */
export const streamQuery = (stream_id: string) =>
  queryOptions({
    queryKey: ["live", "stream", stream_id],
    queryFn: ({ signal }) => getStream(stream_id, signal),
    refetchInterval: WATCH_POLL_MS,
  })

export const watchedStreamQuery = (stream_id: string, pushed: boolean) =>
  queryOptions({ ...streamQuery(stream_id), refetchInterval: pushed ? PUSHED_POLL_MS : WATCH_POLL_MS })

export const studioStreamQuery = (stream_id: string, pushed: boolean) =>
  queryOptions({ ...streamQuery(stream_id), refetchInterval: pushed ? PUSHED_POLL_MS : STUDIO_POLL_MS })

/** Who of those I follow is on air. */
export const followingLiveQuery = queryOptions({
  queryKey: ["live", "following"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/live/streams/following", { signal })),
  refetchInterval: DIRECTORY_POLL_MS,
})

export const viewersQuery = (stream_id: string) =>
  queryOptions({
    queryKey: ["live", "viewers", stream_id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/live/streams/{stream_id}/viewers", { signal, params: { path: { stream_id } } })),
  })

/** How well my encoder sends; measured every two seconds. */
export const streamHealthQuery = (stream_id: string) =>
  queryOptions({
    queryKey: ["live", "health", stream_id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/live/streams/{stream_id}/health", { signal, params: { path: { stream_id } } })),
    refetchInterval: STUDIO_POLL_MS,
  })

/** My streams, newest first. The answer carries keys; they are dropped before anything is cached. */
export const myStreamsQuery = queryOptions({
  queryKey: ["live", "mine"],
  queryFn: async ({ signal }): Promise<Stream[]> => {
    const { streams } = await unwrap(api.GET("/api/v1/live/streams/me", { signal }))
    return streams.map(({ stream_key: _dropped, ...stream }) => stream)
  },
})

export interface StreamInput {
  title: string
  description: string
  category: Category
  tags: string[]
  record: boolean
}

export const createStream = (body: StreamInput): Promise<Stream> => unwrap(api.POST("/api/v1/live/streams", { body }))

export const updateStream = (stream_id: string, body: StreamInput): Promise<Stream> =>
  unwrap(api.PUT("/api/v1/live/streams/{stream_id}", { params: { path: { stream_id } }, body }))

export const endStream = (stream_id: string): Promise<unknown> =>
  unwrap(api.POST("/api/v1/live/streams/{stream_id}/end", { params: { path: { stream_id } } }))

export const deleteStream = (stream_id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/live/streams/{stream_id}", { params: { path: { stream_id } } }))

/** This GET may create a draft, so it is never prefetched, and its answer is never cached. */
export const readKey = (stream_id?: string): Promise<StreamKey> =>
  unwrap(api.GET("/api/v1/live/streams/me/key", { params: { query: stream_id ? { stream_id } : {} } }))

export const regenerateKey = (stream_id: string): Promise<StreamKey> =>
  unwrap(api.POST("/api/v1/live/streams/me/key/regenerate", { params: { query: { stream_id } } }))
