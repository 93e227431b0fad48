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

export function useOrder(orderId: string, isReturn: boolean) {
  const { user } = useSession()
  const queries = useQueryClient()
  const [began, setBegan] = useState(() => ({ at_ms: Date.now(), status: "", isAwaited: isReturn }))
  const order = useQuery({
    ...orderQuery(orderId, user?.id),
    refetchInterval: ({ state }) => {
      const { status: now } = state.data ?? {}
      if (!now || !(isPayable(now) || isMoving(now))) return false
      return pollAfter(Date.now() - began.at_ms, began.isAwaited)
    },
  })
  const status = order.data?.status
  // A refund that began while somebody looks at the page is awaited like a payment that they came back from.
  if (status && status !== began.status) {
    const isAwaited = isReturn || (began.status !== "" && isMoving(status))
    setBegan({ at_ms: began.status === "" ? began.at_ms : Date.now(), status, isAwaited })
  }
  const before = useRef(status)
  useEffect(() => {
    if (before.current && status && before.current !== status) refreshOwned(queries)
    before.current = status
  }, [status, queries])
  return order
}
