// What of an order can go back, asking for it, and the papers of it. Whether money went back is the provider's word alone.
import { type QueryClient, queryOptions } from "@tanstack/react-query"
import { api, unwrap, unwrapFile } from "../../../lib/api"
import { asApiError } from "../../../lib/errors"
import { isFinal, newKey } from "../../../lib/keys"
import type { NewRefund, OrderSummary, Refund, Refundable } from "../../../lib/types"

export type Refunded = Pick<OrderSummary, "id" | "status" | "refunded_cents">

export const refundableKey = (order_id: string): readonly string[] => ["orders", "refundable", order_id]

/** Asked anew whenever the order stands otherwise: what it said before is worth nothing then. */
export const refundableQuery = ({ id: order_id, status, refunded_cents }: Refunded, me: string | undefined) =>
  queryOptions({
    queryKey: [...refundableKey(order_id), me ?? "guest", status, refunded_cents],
    queryFn: ({ signal }): Promise<Refundable> =>
      unwrap(api.GET("/api/v1/marketplace/orders/{order_id}/refund", { signal, params: { path: { order_id } } })),
    staleTime: 0,
  })

const keys = new Map<string, string>()

/** The same wish has the same key until the server's last word: after a lost answer it is asked for again, not twice. */
export async function askRefund(order_id: string, body: NewRefund): Promise<Refund> {
  const wish = JSON.stringify([order_id, body])
  const key = keys.get(wish) ?? newKey()
  keys.set(wish, key)
  try {
    const { refund } = await unwrap(
      api.POST("/api/v1/marketplace/orders/{order_id}/refund", {
        headers: { "Idempotency-Key": key },
        params: { path: { order_id } },
        body,
      }),
    )
    keys.delete(wish)
    return refund
  } catch (cause) {
    if (isFinal(asApiError(cause))) keys.delete(wish)
    throw cause
  }
}

/** Wherever the order is shown, as buyer, seller or admin, it is asked for anew. */
export async function refreshRefunded(queries: QueryClient): Promise<void> {
  await Promise.all(["orders", "money", "admin"].map((area) => queries.invalidateQueries({ queryKey: [area] })))
}

export const invoiceFile = (order_id: string): Promise<Blob> =>
  unwrapFile(
    api.GET("/api/v1/marketplace/orders/{order_id}/invoice", { params: { path: { order_id } }, parseAs: "blob" }),
  )

export const creditNoteFile = (order_id: string, refund_id: string): Promise<Blob> =>
  unwrapFile(
    api.GET("/api/v1/marketplace/orders/{order_id}/refunds/{refund_id}/credit-note", {
      params: { path: { order_id, refund_id } },
      parseAs: "blob",
    }),
  )
