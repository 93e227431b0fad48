// How many watch, asked every 5 s while the page is visible, and rarely while the chat's socket tells it anyway. After
// errors the last number stays and is marked stale.
import { useQuery } from "@tanstack/react-query"
import { useNow } from "../../../lib/useBrowser"
import { viewersQuery } from "../api"

const POLL_MS = 5000
/** While a socket pushes the count. */
const POLL_PUSHED_MS = 30_000

export interface ViewerCount {
  count: number
  stale: boolean
}

export function useViewerCount(streamId: string, first: number, active: boolean, pushed = false): ViewerCount {
  const poll_ms = pushed ? POLL_PUSHED_MS : POLL_MS
  const viewers = useQuery({
    ...viewersQuery(streamId),
    enabled: active,
    refetchInterval: poll_ms,
    staleTime: 0,
    retry: false,
  })
  const now_ms = useNow(POLL_MS, active)
  return {
    count: viewers.data?.viewer_count ?? first,
    stale: active && viewers.dataUpdatedAt > 0 && now_ms - viewers.dataUpdatedAt > 3 * poll_ms,
  }
}
