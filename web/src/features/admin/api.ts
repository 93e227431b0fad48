// What an admin reads and may do. After an act everything of it is read again: only the server's word is shown.
import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import { withMoments } from "../../lib/moments"
import { nextOffset } from "../../lib/paging"
import { whileSending } from "../../lib/transferStatus"
import type { AuditFilter, OrdersFilter, Role, TransfersFilter, UsersFilter, WebhooksFilter } from "./filter"
import type { AdminAccount, Ledger, LedgerReport, Retried, WebhookDetail } from "./types"

const PAGE = 50
const HANDLED_MS = 3000
const ADMIN = "admin"

const paged = { initialPageParam: 0, placeholderData: keepPreviousData }

const orders = (filter: OrdersFilter, limit: number, offset: number, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/admin/orders", { signal, params: { query: { ...withMoments(filter), limit, offset } } }))

export const ordersQuery = (filter: OrdersFilter) =>
  infiniteQueryOptions({
    queryKey: [ADMIN, "orders", filter],
    queryFn: ({ signal, pageParam: offset }) => orders(filter, PAGE, offset, signal),
    getNextPageParam: (page) => nextOffset(page, page.orders.length),
    ...paged,
  })

const transfers = (filter: TransfersFilter, limit: number, offset: number, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/admin/transfers", { signal, params: { query: { ...withMoments(filter), limit, offset } } }))

export const transfersQuery = (filter: TransfersFilter) =>
  infiniteQueryOptions({
    queryKey: [ADMIN, "transfers", filter],
    queryFn: ({ signal, pageParam: offset }) => transfers(filter, PAGE, offset, signal),
    getNextPageParam: (page) => nextOffset(page, page.transfers.length),
    refetchInterval: ({ state }) => whileSending(state.data?.pages),
    ...paged,
  })

const webhooks = (filter: WebhooksFilter, limit: number, offset: number, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/admin/webhooks", { signal, params: { query: { ...filter, limit, offset } } }))

/** Asked again while the worker has not come to one of them. */
export const webhooksQuery = (filter: WebhooksFilter) =>
  infiniteQueryOptions({
    queryKey: [ADMIN, "webhooks", filter],
    queryFn: ({ signal, pageParam: offset }) => webhooks(filter, PAGE, offset, signal),
    getNextPageParam: (page) => nextOffset(page, page.events.length),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ events }) => events.some(({ status }) => status === "received")) ? HANDLED_MS : false,
    ...paged,
  })

export const webhookQuery = (event_id: string) =>
  queryOptions({
    queryKey: [ADMIN, "webhook", event_id],
    queryFn: ({ signal }): Promise<WebhookDetail> =>
      unwrap(api.GET("/api/v1/admin/webhooks/{event_id}", { signal, params: { path: { event_id } } })),
  })

const users = ({ suspended, ...filter }: UsersFilter, limit: number, offset: number, signal: AbortSignal) => {
  const isSuspended = suspended === undefined ? {} : { suspended: suspended === "true" }
  const query = { ...filter, ...isSuspended, limit, offset }
  return unwrap(api.GET("/api/v1/admin/users", { signal, params: { query } }))
}

export const usersQuery = (filter: UsersFilter) =>
  infiniteQueryOptions({
    queryKey: [ADMIN, "users", filter],
    queryFn: ({ signal, pageParam: offset }) => users(filter, PAGE, offset, signal),
    getNextPageParam: (page) => nextOffset(page, page.users.length),
    ...paged,
  })

export const userQuery = (user_id: string) =>
  queryOptions({
    queryKey: [ADMIN, "user", user_id],
    queryFn: ({ signal }): Promise<AdminAccount> =>
      unwrap(api.GET("/api/v1/admin/users/{user_id}", { signal, params: { path: { user_id } } })),
  })

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [ADMIN, "audit", filter],
    queryFn: ({ signal, pageParam: offset }) =>
      unwrap(api.GET("/api/v1/admin/audit", { signal, params: { query: { ...filter, limit: PAGE, offset } } })),
    getNextPageParam: (page) => nextOffset(page, page.entries.length),
    ...paged,
  })

export const ledgerQuery = queryOptions({
  queryKey: [ADMIN, "ledger"],
  queryFn: ({ signal }): Promise<Ledger> => unwrap(api.GET("/api/v1/admin/ledger", { signal })),
})

type Counted =
  | { of: "orders"; filter: OrdersFilter }
  | { of: "transfers"; filter: TransfersFilter }
  | { of: "webhooks"; filter: WebhooksFilter }
  | { of: "users"; filter: UsersFilter }

async function count(counted: Counted, signal: AbortSignal): Promise<number> {
  switch (counted.of) {
    case "orders":
      return (await orders(counted.filter, 1, 0, signal)).total
    case "transfers":
      return (await transfers(counted.filter, 1, 0, signal)).total
    case "webhooks":
      return (await webhooks(counted.filter, 1, 0, signal)).total
    case "users":
      return (await users(counted.filter, 1, 0, signal)).total
  }
}

/** How many a list would show. */
export const countQuery = (counted: Counted) =>
  queryOptions({ queryKey: [ADMIN, "count", counted], queryFn: ({ signal }) => count(counted, signal) })

/** Really tries now, and answers how that ended. The key makes two clicks one. */
export const retryTransfer = (transfer_id: string, key: string): Promise<Retried> =>
  unwrap(
    api.POST("/api/v1/admin/transfers/{transfer_id}/retry", {
      headers: { "Idempotency-Key": key },
      params: { path: { transfer_id } },
    }),
  )

export const replayWebhook = (event_id: string): Promise<unknown> =>
  unwrap(api.POST("/api/v1/admin/webhooks/{event_id}/replay", { params: { path: { event_id } } }))

export const changeRole = (user_id: string, role: Role): Promise<unknown> =>
  unwrap(api.PUT("/api/v1/admin/users/{user_id}/role", { params: { path: { user_id } }, body: { role } }))

export const suspendUser = (user_id: string, reason: string): Promise<unknown> =>
  unwrap(api.POST("/api/v1/admin/users/{user_id}/suspend", { params: { path: { user_id } }, body: { reason } }))

export const reinstateUser = (user_id: string): Promise<unknown> =>
  unwrap(api.POST("/api/v1/admin/users/{user_id}/reinstate", { params: { path: { user_id } } }))

export const checkLedger = (): Promise<LedgerReport> => unwrap(api.POST("/api/v1/admin/ledger/check"))

export const refreshAdmin = (queries: QueryClient): Promise<void> => queries.invalidateQueries({ queryKey: [ADMIN] })
