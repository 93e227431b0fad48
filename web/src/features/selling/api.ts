// Reads and writes of one's own products. What is sent as a file goes through uploads.ts and lib/upload.ts.
import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import type { OwnProduct, ProductFile, PublicProduct } from "../../lib/types"
import type { components } from "../../schema.gen"
import type { ProductsFilter } from "./filter"

export type ProductType = components["schemas"]["ProductType"]
export type ProductInput = components["schemas"]["NewProduct"]
export type LicenseInput = components["schemas"]["LicenseBody"]

export const TYPES = ["track", "album", "beat", "sample_pack", "preset", "service"] as const satisfies ProductType[]
export const PAGE = 20
const POLL_MS = 2000
const MINE = ["selling", "products"] as const

export const ownProductsQuery = (filter: ProductsFilter) =>
  queryOptions({
    queryKey: [...MINE, filter],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/sell/products", { signal, params: { query: { limit: PAGE, ...filter } } })),
    placeholderData: keepPreviousData,
  })

export const productQuery = (product_id: string) =>
  queryOptions({
    queryKey: ["selling", "product", product_id],
    queryFn: ({ signal }): Promise<PublicProduct> =>
      unwrap(api.GET("/api/v1/marketplace/products/{product_id}", { signal, params: { path: { product_id } } })),
    // A form stands on it: it changes when the form is saved, not when the window gets attention.
    refetchOnWindowFocus: false,
  })

/** The files; asked again while the server still looks into one of them. */
export const filesQuery = (product_id: string) =>
  queryOptions({
    queryKey: ["selling", "files", product_id],
    queryFn: async ({ signal }): Promise<ProductFile[]> => {
      const params = { path: { product_id } }
      return (await unwrap(api.GET("/api/v1/marketplace/products/{product_id}/files", { signal, params }))).files
    },
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === "processing") ? POLL_MS : false),
  })

export const createProduct = (body: ProductInput): Promise<OwnProduct> =>
  unwrap(api.POST("/api/v1/marketplace/products", { body }))

export const updateProduct = (product_id: string, body: Partial<ProductInput>): Promise<OwnProduct> =>
  unwrap(api.PUT("/api/v1/marketplace/products/{product_id}", { params: { path: { product_id } }, body }))

export const publishProduct = (product_id: string): Promise<OwnProduct> =>
  unwrap(api.POST("/api/v1/marketplace/products/{product_id}/publish", { params: { path: { product_id } } }))

export const archiveProduct = (product_id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/marketplace/products/{product_id}", { params: { path: { product_id } } }))

export const removeCover = (product_id: string): Promise<OwnProduct> =>
  unwrap(api.DELETE("/api/v1/marketplace/products/{product_id}/cover", { params: { path: { product_id } } }))

export const orderFiles = async (product_id: string, file_ids: string[]): Promise<ProductFile[]> => {
  const params = { path: { product_id } }
  const body = { file_ids }
  return (await unwrap(api.PUT("/api/v1/marketplace/products/{product_id}/files/order", { params, body }))).files
}

const ofFile = (product_id: string, file_id: string) => ({ params: { path: { product_id, file_id } } })

export const renameFile = (product_id: string, file_id: string, title: string): Promise<ProductFile> =>
  unwrap(
    api.PUT("/api/v1/marketplace/products/{product_id}/files/{file_id}", {
      ...ofFile(product_id, file_id),
      body: { title },
    }),
  )

export const retryFile = (product_id: string, file_id: string): Promise<ProductFile> =>
  unwrap(
    api.POST("/api/v1/marketplace/products/{product_id}/files/{file_id}/retry", { ...ofFile(product_id, file_id) }),
  )

export const removeFile = (product_id: string, file_id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/marketplace/products/{product_id}/files/{file_id}", { ...ofFile(product_id, file_id) }))

/** A link that works for some minutes: never cached. */
export const ownFileLink = (product_id: string, file_id: string): Promise<{ url: string }> =>
  unwrap(
    api.GET("/api/v1/marketplace/products/{product_id}/files/{file_id}/download", { ...ofFile(product_id, file_id) }),
  )

/** What the server answered is what we show, everywhere; an older answer that is still on its way may not undo it. */
export function keepProduct(queries: QueryClient, product: OwnProduct): void {
  const { queryKey } = productQuery(product.id)
  void queries.cancelQueries({ queryKey })
  queries.setQueryData(queryKey, product)
  void queries.invalidateQueries({ queryKey: MINE })
}

export function refreshProduct(queries: QueryClient, id: string): Promise<unknown> {
  void queries.invalidateQueries({ queryKey: MINE })
  return queries.invalidateQueries({ queryKey: productQuery(id).queryKey })
}

/** A file as the server just answered it. The list is read again: one that was asked for before does not know of it. */
export function keepFile(queries: QueryClient, id: string, file: ProductFile): void {
  const { queryKey } = filesQuery(id)
  queries.setQueryData(queryKey, (files = []) =>
    files.some((one) => one.id === file.id) ? files.map((one) => (one.id === file.id ? file : one)) : [...files, file],
  )
  void queries.invalidateQueries({ queryKey })
}
