// One order, followed until it stands: often at first, since somebody waits, then more and more rarely. Its status is the
// server's word alone; what the provider wrote into the address only says that somebody came back from there.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import { useSession } from "../../lib/useSession"
import { orderQuery, refreshOwned } from "./api"
import { isMoving, isPayable } from "./status"

const FAST_MS = 1000
const SLOWER_MS = 3000
const SLOW_MS = 10_000
const FAST_FOR_MS = 20_000
const SLOWER_FOR_MS = 120_000

export function pollAfter(waited_ms: number, isAwaited: boolean): number {
  if (!isAwaited) return SLOW_MS
  if (waited_ms < FAST_FOR_MS) return FAST_MS
  return waited_ms < SLOWER_FOR_MS ? SLOWER_MS : SLOW_MS
}

interface Watch {
  began_ms: number
  status: string
}

/** Waiting begins when the page is opened, and anew whenever the order stands otherwise. */
export function watch(before: Watch, status: string, now_ms: number): Watch {
  if (status === before.status) return before
  return { began_ms: before.status === "" ? before.began_ms : now_ms, status }
}

export function useOrder(orderId: string, isReturn: boolean) {
  const { user } = useSession()
  const queries = useQueryClient()
  const [watched, setWatched] = useState<Watch>(() => ({ began_ms: Date.now(), status: "" }))
  const order = useQuery({
    ...orderQuery(orderId, user?.id),
    refetchInterval: ({ state }) => {
      const { status: now } = state.data ?? {}
      if (!now || !(isPayable(now) || isMoving(now))) return false
      return pollAfter(Date.now() - watched.began_ms, isReturn || isMoving(now))
    },
  })
  const status = order.data?.status
  if (status && status !== watched.status) setWatched(watch(watched, status, Date.now()))
  const before = useRef(status)
  useEffect(() => {
    if (before.current && status && before.current !== status) refreshOwned(queries)
    before.current = status
  }, [status, queries])
  return order
}
