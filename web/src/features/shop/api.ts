// Reads and writes of the shop window: lists, products, what they hold, and what staff may do to them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import type { OwnProduct, ProductFile, ProductPage, PublicProduct, Standing } from "../../lib/types"
import type { ShopFilter } from "./filter"

const PAGE = 24
/** A list that somebody comes back to is the one they left: it is read again when it is older than this. */
const STALE_MS = 60_000
const KEPT_MS = 30 * 60_000

const nextOf = ({ next_cursor }: ProductPage): string | null => next_cursor

export const catalogueQuery = (filter: ShopFilter) =>
  infiniteQueryOptions({
    queryKey: ["shop", "list", filter],
    queryFn: ({ signal, pageParam: cursor }): Promise<ProductPage> =>
      unwrap(
        api.GET("/api/v1/marketplace/products", { signal, params: { query: { ...filter, limit: PAGE, cursor } } }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
    staleTime: STALE_MS,
    gcTime: KEPT_MS,
  })

export const storefrontQuery = (username: string, filter: ShopFilter) =>
  infiniteQueryOptions({
    queryKey: ["shop", "of", username.toLowerCase(), filter],
    queryFn: ({ signal, pageParam: cursor }): Promise<ProductPage> =>
      unwrap(
        api.GET("/api/v1/users/{username}/products", {
          signal,
          params: { path: { username }, query: { ...filter, limit: PAGE, cursor } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
    staleTime: STALE_MS,
    gcTime: KEPT_MS,
  })

export const newestQuery = (limit: number) =>
  queryOptions({
    queryKey: ["shop", "newest", limit],
    queryFn: ({ signal }): Promise<ProductPage> =>
      unwrap(api.GET("/api/v1/marketplace/products", { signal, params: { query: { limit } } })),
    staleTime: STALE_MS,
  })

/** What is not on sale is seen by its seller and the staff only, so each person has an answer of their own. */
export const productQuery = (product_id: string, asWhom: string | undefined) =>
  queryOptions({
    queryKey: ["shop", "product", product_id, asWhom ?? "guest"],
    queryFn: ({ signal }): Promise<PublicProduct> =>
      unwrap(api.GET("/api/v1/marketplace/products/{product_id}", { signal, params: { path: { product_id } } })),
  })

export const filesQuery = (product_id: string, asWhom: string | undefined) =>
  queryOptions({
    queryKey: ["shop", "files", product_id, asWhom ?? "guest"],
    queryFn: async ({ signal }): Promise<ProductFile[]> =>
      (
        await unwrap(
          api.GET("/api/v1/marketplace/products/{product_id}/files", { signal, params: { path: { product_id } } }),
        )
      ).files,
  })

/** Where somebody signed in stands with a product: whether it is theirs, whether they may review it. */
export const standingQuery = (product_id: string, me: string | undefined) =>
  queryOptions({
    queryKey: ["shop", "standing", product_id, me ?? "guest"],
    queryFn: ({ signal }): Promise<Standing> =>
      unwrap(
        api.GET("/api/v1/marketplace/products/{product_id}/standing", { signal, params: { path: { product_id } } }),
      ),
    enabled: me !== undefined,
  })

export const takeDown = (product_id: string, reason: string): Promise<OwnProduct> =>
  unwrap(
    api.POST("/api/v1/admin/products/{product_id}/takedown", { params: { path: { product_id } }, body: { reason } }),
  )

export const restore = (product_id: string): Promise<OwnProduct> =>
  unwrap(api.POST("/api/v1/admin/products/{product_id}/restore", { params: { path: { product_id } } }))
