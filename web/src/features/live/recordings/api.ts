// Reads and writes of recordings.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../../lib/api"
import type { Recording } from "../../../lib/types"

const PAGE = 12
const GROWING_POLL_MS = 5000

/** While one of them grows or is being finished, its figures change by themselves. */
const changes = (recordings: Recording[]): boolean =>
  recordings.some(
    ({ status, mp4_status }) => status === "recording" || status === "processing" || mp4_status === "making",
  )

export const recordingsQuery = (stream_id: string) =>
  infiniteQueryOptions({
    queryKey: ["live", "recordings", stream_id],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        api.GET("/api/v1/live/streams/{stream_id}/recordings", {
          signal,
          params: { path: { stream_id }, query: { limit: PAGE, offset: pageParam } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.recordings.length, 0)
      return seen < last.total && last.recordings.length > 0 ? seen : undefined
    },
    refetchInterval: ({ state }) =>
      changes(state.data?.pages.flatMap((page) => page.recordings) ?? []) ? GROWING_POLL_MS : false,
  })

export const recordingQuery = (recording_id: string) =>
  queryOptions({
    queryKey: ["live", "recording", recording_id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/live/recordings/{recording_id}", { signal, params: { path: { recording_id } } })),
    refetchInterval: ({ state }) => (state.data && changes([state.data]) ? GROWING_POLL_MS : false),
    // The address of what is not published is good for hours, and a new one would begin the player anew.
    structuralSharing: (before, after) => keepAddress(before as Recording | undefined, after as Recording),
  })

function keepAddress(before: Recording | undefined, after: Recording): Recording {
  const same = before?.playback_url && after.playback_url && before.is_published === after.is_published
  return same && before.status === after.status ? { ...after, playback_url: before.playback_url } : after
}

export const updateRecording = (
  recording_id: string,
  body: { title?: string; is_published?: boolean },
): Promise<Recording> =>
  unwrap(api.PUT("/api/v1/live/recordings/{recording_id}", { params: { path: { recording_id } }, body }))

export const makeMp4 = (recording_id: string): Promise<Recording> =>
  unwrap(api.POST("/api/v1/live/recordings/{recording_id}/mp4", { params: { path: { recording_id } } }))

/** A link is opened, so it is asked for when it is wanted. */
export const mp4Link = async (recording_id: string): Promise<string> =>
  (await unwrap(api.GET("/api/v1/live/recordings/{recording_id}/mp4", { params: { path: { recording_id } } }))).url

export const deleteRecording = (recording_id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/live/recordings/{recording_id}", { params: { path: { recording_id } } }))
