// What buyers say of a product: mean and counts, my own review, everybody else's.
import { Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import type { PublicProduct } from "../../../lib/types"
import { More } from "../../../ui/More"
import { ErrorState, Loading, Skeleton } from "../../../ui/states"
import { useMe } from "../product/useMe"
import { reviewsQuery } from "./api"
import { Histogram } from "./Histogram"
import { OwnReview } from "./OwnReview"
import { ReviewItem } from "./ReviewItem"
import { StaffDelete } from "./StaffDelete"
import { useOwnReview } from "./useOwnReview"

interface ListProps {
  productId: string
  mine: string | undefined
  staff: boolean
}

function List({ productId, mine, staff }: ListProps): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(reviewsQuery(productId))
  const [first] = list.data?.pages ?? []
  if (!first) {
    if (list.isError) {
      return (
        <ErrorState error={list.error} title={t`The reviews could not be read`} onRetry={() => void list.refetch()} />
      )
    }
    return (
      <Loading className="grid gap-6">
        <Skeleton className="h-28" />
        <Skeleton className="h-20" />
      </Loading>
    )
  }
  if (first.total === 0 || first.rating_average === null) {
    return (
      <p className="text-muted">
        <Trans>No reviews yet. Whoever buys this can write one.</Trans>
      </p>
    )
  }
  const others = (list.data?.pages ?? []).flatMap((page) => page.reviews).filter(({ id }) => id !== mine)
  return (
    <>
      <Histogram average={first.rating_average} total={first.total} histogram={first.histogram} />
      <ul className="grid gap-8">
        {others.map((review) => (
          <li key={review.id}>
            <ReviewItem review={review}>{staff ? <StaffDelete review={review} /> : null}</ReviewItem>
          </li>
        ))}
      </ul>
      <More list={list} className="justify-self-start">
        <Trans>More reviews</Trans>
      </More>
    </>
  )
}

export function Reviews({ product }: { product: PublicProduct }): ReactNode {
  const { user, isStaff } = useMe()
  const own = useOwnReview(product.id, user?.id)
  return (
    <section aria-labelledby="reviews" className="grid gap-6">
      <h2 id="reviews" className="font-bold text-xl tracking-tight">
        <Trans>Reviews</Trans>
      </h2>
      {user ? <OwnReview own={own} user={user} /> : null}
      <List productId={product.id} mine={own.review?.id} staff={isStaff} />
    </section>
  )
}
