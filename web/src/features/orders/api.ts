// Reads and writes of orders that exist. Nothing here is ever shown before the server said it.
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import type { Order, OrderPage } from "../../lib/types"

const PAGE = 20

export const ordersQuery = (me: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["orders", "list", me ?? "guest"],
    queryFn: ({ signal, pageParam: offset }): Promise<OrderPage> =>
      unwrap(api.GET("/api/v1/marketplace/orders", { signal, params: { query: { limit: PAGE, offset } } })),
    initialPageParam: 0,
    getNextPageParam: ({ offset, orders, total }) =>
      orders.length > 0 && offset + orders.length < total ? offset + orders.length : null,
  })

/** Buyer, seller and admin each see another part of it. */
export const orderQuery = (order_id: string, me: string | undefined) =>
  queryOptions({
    queryKey: ["orders", "one", order_id, me ?? "guest"],
    queryFn: ({ signal }): Promise<Order> =>
      unwrap(api.GET("/api/v1/marketplace/orders/{order_id}", { signal, params: { path: { order_id } } })),
    staleTime: 0,
  })

const ofOrder = (order_id: string) => ({ params: { path: { order_id } } })

export const payOrder = (order_id: string): Promise<Order> =>
  unwrap(api.POST("/api/v1/marketplace/orders/{order_id}/pay", ofOrder(order_id)))

export const cancelOrder = (order_id: string): Promise<Order> =>
  unwrap(api.POST("/api/v1/marketplace/orders/{order_id}/cancel", ofOrder(order_id)))

/** What the server answered is what we show; an older answer that is still on its way may not undo it. */
export function keepOrder(queries: QueryClient, order: Order, me: string | undefined): void {
  const { queryKey } = orderQuery(order.id, me)
  void queries.cancelQueries({ queryKey })
  queries.setQueryData(queryKey, order)
  void queries.invalidateQueries({ queryKey: ["orders", "list"] })
}

/** An order was paid, or what was paid went back: what is mine, earned and on sale is to be asked anew. */
export function refreshOwned(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: ["orders", "list"] })
  for (const area of ["library", "shop", "money", "admin"]) void queries.invalidateQueries({ queryKey: [area] })
}
