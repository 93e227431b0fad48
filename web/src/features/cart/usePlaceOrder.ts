// Places an order, once, whatever happens on the way; then goes to its page, and from there to the provider's.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { ApiError, asApiError } from "../../lib/errors"
import { isFinal } from "../../lib/keys"
import type { Leave } from "../../lib/leave"
import type { NewOrder, Order } from "../../lib/types"
import { placeOrder, refreshOwned } from "./api"
import { beginAttempt, endAttempt } from "./attempts"
import { cart } from "./cart"

/** The first request of an attempt may still run when it is sent again. */
const BUSY_TRIES = 20
const BUSY_MS = 1000

interface Wish {
  me: string
  body: NewOrder
  /** What the page says it costs. Another price is shown before it is paid. */
  expected_cents: number
}

async function place({ me, body }: Wish): Promise<Order> {
  const attempt = beginAttempt(me, body)
  try {
    const order = await placeOrder(attempt.key, attempt.body)
    endAttempt(attempt.key)
    return order
  } catch (cause) {
    if (isFinal(asApiError(cause))) endAttempt(attempt.key)
    throw cause
  }
}

export function usePlaceOrder({ leave, onDearer }: { leave: Leave; onDearer?: (order: Order) => void }) {
  const queries = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: place,
    retry: (tries, cause) =>
      tries < BUSY_TRIES && cause instanceof ApiError && cause.code === "idempotency_in_progress",
    retryDelay: BUSY_MS,
    onSuccess: async (order, { body, expected_cents }) => {
      cart.remove(body.items)
      refreshOwned(queries)
      // The way back from the provider's page leads to the order, not to a cart that is empty.
      await router.navigate({ to: "/orders/$orderId", params: { orderId: order.id }, replace: true })
      const url = order.payment?.checkout_url
      if (order.total_cents !== expected_cents) onDearer?.(order)
      else if (url) leave(url)
    },
    onError: () => void queries.invalidateQueries({ queryKey: ["cart", "quote"] }),
  })
}
