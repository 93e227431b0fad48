// Reads of what one owns, and links to its files.
import { infiniteQueryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"

const PAGE = 20

export const libraryQuery = (me: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["library", me ?? "guest"],
    queryFn: ({ signal, pageParam: offset }) =>
      unwrap(api.GET("/api/v1/marketplace/library", { signal, params: { query: { limit: PAGE, offset } } })),
    initialPageParam: 0,
    getNextPageParam: ({ offset, items, total }) =>
      items.length > 0 && offset + items.length < total ? offset + items.length : null,
  })

/** A link that is good for a while and for its owner only: asked for when it is wanted, never kept. */
export const downloadLink = async (item_id: string, file_id: string): Promise<string> =>
  (
    await unwrap(
      api.GET("/api/v1/marketplace/library/{item_id}/files/{file_id}/download", {
        params: { path: { item_id, file_id } },
      }),
    )
  ).url
