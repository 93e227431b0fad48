// Reads and writes of reviews.
import { infiniteQueryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../../lib/api"
import type { Review, ReviewPage } from "../../../lib/types"

const PAGE = 10

export interface ReviewInput {
  rating: number
  comment: string
}

export const reviewsQuery = (product_id: string) =>
  infiniteQueryOptions({
    queryKey: ["shop", "reviews", product_id],
    queryFn: ({ signal, pageParam: offset }): Promise<ReviewPage> =>
      unwrap(
        api.GET("/api/v1/marketplace/products/{product_id}/reviews", {
          signal,
          params: { path: { product_id }, query: { limit: PAGE, offset } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ offset, reviews, total }) =>
      reviews.length > 0 && offset + reviews.length < total ? offset + reviews.length : null,
  })

export const writeReview = (product_id: string, body: ReviewInput): Promise<Review> =>
  unwrap(api.POST("/api/v1/marketplace/products/{product_id}/reviews", { params: { path: { product_id } }, body }))

export const changeReview = (product_id: string, review_id: string, body: ReviewInput): Promise<Review> =>
  unwrap(
    api.PUT("/api/v1/marketplace/products/{product_id}/reviews/{review_id}", {
      params: { path: { product_id, review_id } },
      body,
    }),
  )

export const deleteReview = (product_id: string, review_id: string): Promise<unknown> =>
  unwrap(
    api.DELETE("/api/v1/marketplace/products/{product_id}/reviews/{review_id}", {
      params: { path: { product_id, review_id } },
    }),
  )
