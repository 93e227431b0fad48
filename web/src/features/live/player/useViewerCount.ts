// How many watch, asked every 5 s while the page is visible. After an error the last number stays and is marked stale.
import { useQuery } from "@tanstack/react-query"
import { useNow } from "../../../lib/useBrowser"
import { viewersQuery } from "../api"

const POLL_MS = 5000
const STALE_AFTER_MS = 15_000

export interface ViewerCount {
  count: number
  stale: boolean
}

export function useViewerCount(streamId: string, first: number, active: boolean): ViewerCount {
  const viewers = useQuery({
    ...viewersQuery(streamId),
    enabled: active,
    refetchInterval: POLL_MS,
    staleTime: 0,
    retry: false,
  })
  const now_ms = useNow(POLL_MS, active)
  return {
    count: viewers.data?.viewer_count ?? first,
    stale: active && viewers.dataUpdatedAt > 0 && now_ms - viewers.dataUpdatedAt > STALE_AFTER_MS,
  }
}
