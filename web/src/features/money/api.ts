// A seller's money: reads, and the few acts at the payout provider. Nothing here is guessed ahead of the server's word.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"
import { api, unwrap, unwrapFile } from "../../lib/api"
import { ApiError } from "../../lib/errors"
import { withMoments } from "../../lib/moments"
import { nextOffset } from "../../lib/paging"
import { whileSending } from "../../lib/transferStatus"
import type { Days, TransfersFilter } from "./filter"
import type { Connection, Order } from "./types"

const PAGE = 50
const WAITING_MS = 15_000
const MOVING_MS = 3000
const MONEY = "money"

/** Asks the provider, hence read again only after a while. */
export const balanceQuery = queryOptions({
  queryKey: [MONEY, "balance"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sell/balance", { signal })),
  staleTime: WAITING_MS,
})

/** While the provider looks at what was filled in, its answer is looked for now and then. */
export const connectionQuery = queryOptions({
  queryKey: [MONEY, "connection"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sell/connect", { signal })),
  refetchInterval: ({ state }) => (state.data?.onboarding === "pending" ? WAITING_MS : false),
})

const refreshConnection = (): Promise<Connection> => unwrap(api.POST("/api/v1/sell/connect/refresh"))

/** An address at the provider that works once: gone to at once, never kept. */
export const onboard = async (): Promise<string> => {
  const { onboarding_url } = await unwrap(api.POST("/api/v1/sell/connect/onboard"))
  if (!/^https?:\/\//i.test(onboarding_url)) {
    throw new ApiError("The provider gave an address that cannot be opened.", { status: -1, code: "address" })
  }
  return onboarding_url
}

export const statsQuery = (days: Days) =>
  queryOptions({
    queryKey: [MONEY, "stats", days],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sell/stats", { signal, params: { query: { days } } })),
    placeholderData: keepPreviousData,
  })

export const transfersQuery = (filter: TransfersFilter) =>
  infiniteQueryOptions({
    queryKey: [MONEY, "transfers", filter],
    queryFn: ({ signal, pageParam: offset }) =>
      unwrap(
        api.GET("/api/v1/sell/transfers", {
          signal,
          params: { query: { ...withMoments(filter), limit: PAGE, offset } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => nextOffset(page, page.transfers.length),
    refetchInterval: ({ state }) => whileSending(state.data?.pages),
    placeholderData: keepPreviousData,
  })

export const transfersFile = (filter: TransfersFilter): Promise<Blob> =>
  unwrapFile(api.GET("/api/v1/sell/transfers.csv", { params: { query: withMoments(filter) }, parseAs: "blob" }))

/** Read again while money of one of them is on its way back, which takes seconds. */
export const salesQuery = infiniteQueryOptions({
  queryKey: [MONEY, "sales"],
  queryFn: ({ signal, pageParam: offset }) =>
    unwrap(api.GET("/api/v1/sell/orders", { signal, params: { query: { limit: PAGE, offset } } })),
  initialPageParam: 0,
  getNextPageParam: (page) => nextOffset(page, page.orders.length),
  refetchInterval: ({ state }) =>
    state.data?.pages.some(({ orders }) => orders.some(({ status }) => status === "refund_pending"))
      ? MOVING_MS
      : false,
})

/** On coming back from the provider: asked once, and the answer stands for as long as the page does. */
export const returnedQuery = queryOptions({
  queryKey: [MONEY, "returned"],
  queryFn: refreshConnection,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  retry: false,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
})

/** As its seller sees it: own lines only. */
export const orderQuery = (order_id: string) =>
  queryOptions({
    queryKey: [MONEY, "order", order_id],
    queryFn: ({ signal }): Promise<Order> =>
      unwrap(api.GET("/api/v1/marketplace/orders/{order_id}", { signal, params: { path: { order_id } } })),
  })
