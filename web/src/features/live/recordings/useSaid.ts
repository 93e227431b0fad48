// What was said up to the moment that plays: read in pages from a moment on, and anew after a long jump.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { api, unwrap } from "../../../lib/api"
import type { Said } from "../../../lib/types"

const PAGE = 100
/** A jump further than this past what is here begins anew; shorter, what lies between is read. */
const NEAR_MS = 120_000
const SHOWN = 200

const saidQuery = (recording_id: string, from_ms: number | null) =>
  infiniteQueryOptions({
    queryKey: ["live", "said", recording_id, from_ms],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        api.GET("/api/v1/live/recordings/{recording_id}/chat", {
          signal,
          params: {
            path: { recording_id },
            query: {
              limit: PAGE,
              after: pageParam,
              ...(from_ms === null ? {} : { from: new Date(from_ms).toISOString() }),
            },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next_after ?? undefined,
    staleTime: 30_000,
  })

/** Where reading must begin for this moment to be covered; `undefined`: it is. */
export function newStart(playing_ms: number, from_ms: number | null, until_ms: number | null): number | undefined {
  const isBefore = from_ms !== null && playing_ms < from_ms
  const isFarAhead = until_ms !== null && playing_ms > until_ms + NEAR_MS
  return isBefore || isFarAhead ? playing_ms - NEAR_MS : undefined
}

export function useSaid(recording_id: string, playing_ms: number | null) {
  const [from_ms, setFrom] = useState<number | null>(null)
  const list = useInfiniteQuery(saidQuery(recording_id, from_ms))
  const messages: Said[] = list.data?.pages.flatMap((page) => page.messages) ?? []
  const newest = messages.at(-1)
  const { hasNextPage, isFetching, isError, fetchNextPage } = list
  const until_ms = hasNextPage && newest ? Date.parse(newest.created_at) : null
  useEffect(() => {
    if (playing_ms === null || isFetching || isError) return
    const start_ms = newStart(playing_ms, from_ms, until_ms)
    if (start_ms !== undefined) setFrom(start_ms)
    else if (until_ms !== null && playing_ms >= until_ms) void fetchNextPage()
  }, [playing_ms, from_ms, until_ms, isFetching, isError, fetchNextPage])
  const heard = playing_ms === null ? [] : messages.filter(({ created_at }) => Date.parse(created_at) <= playing_ms)
  return { list, heard: heard.slice(-SHOWN), isEmpty: !hasNextPage && from_ms === null && messages.length === 0 }
}
