// The stream key while the studio is open: read once, never prefetched, gone from the cache as soon as nobody looks.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { readKey, regenerateKey } from "../api"

const SHOWN_MS = 30_000

const keyQuery = (streamId: string) =>
  queryOptions({
    queryKey: ["live", "key", streamId],
    queryFn: () => readKey(streamId),
    gcTime: 0,
    staleTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  })

export const useStreamKey = (streamId: string) => useQuery(keyQuery(streamId))

export function useNewKey(streamId: string, onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => regenerateKey(streamId),
    gcTime: 0,
    onSuccess: (fresh) => {
      queries.setQueryData(keyQuery(streamId).queryKey, fresh)
      onDone()
    },
  })
}

/** Shown by choice, hidden again after 30 s or as soon as the tab loses attention. */
export function useReveal(): { shown: boolean; toggle: () => void; hide: () => void } {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!shown) return
    const hide = (): void => setShown(false)
    const timer = setTimeout(hide, SHOWN_MS)
    globalThis.addEventListener("blur", hide)
    document.addEventListener("visibilitychange", hide)
    return () => {
      clearTimeout(timer)
      globalThis.removeEventListener("blur", hide)
      document.removeEventListener("visibilitychange", hide)
    }
  }, [shown])
  return { shown, toggle: () => setShown((now) => !now), hide: () => setShown(false) }
}
