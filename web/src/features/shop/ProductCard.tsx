// A product in a list: its cover with a play button, and one link to its page. It never changes its size while it plays.
import { useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { Preview } from "../../lib/player"
import type { PublicProduct } from "../../lib/types"
import { useTypeNames } from "../../lib/useTypeNames"
import { Cover } from "../../ui/Cover"
import { Skeleton } from "../../ui/states"
import { PlayButton } from "./PlayButton"
import { Price } from "./Price"
import { previewOf } from "./previews"
import { Rating } from "./Rating"

interface Props {
  product: PublicProduct
  /** The previews of the whole list, in its order. */
  queue: readonly Preview[]
  level: 2 | 3
  /** On somebody's own page their name says nothing new. */
  seller?: boolean
}

const TAGS = 3

export function ProductCard({ product, queue, level, seller = true }: Props): ReactNode {
  const { t } = useLingui()
  const types = useTypeNames()
  const preview = previewOf(product)
  const Title = level === 2 ? "h2" : "h3"
  const { username } = product.seller
  return (
    <article className="group relative grid content-start gap-3">
      <div className="relative aspect-square overflow-hidden rounded-xl bg-quiet">
        <Cover id={product.id} src={product.cover_small_url} />
        {preview ? <PlayButton preview={preview} queue={queue} over className="absolute! end-2 bottom-2 z-10" /> : null}
      </div>
      <div className="grid min-w-0 gap-0.5">
        <Title className="line-clamp-2 font-semibold leading-snug" dir="auto">
          <Link
            to="/products/$productId"
            params={{ productId: product.id }}
            className="after:absolute after:inset-0 after:rounded-xl group-hover:underline"
          >
            {product.title}
          </Link>
        </Title>
        {seller ? (
          <Link
            to="/u/$username"
            params={{ username }}
            aria-label={t`${username}, their page`}
            className="relative z-10 truncate py-1 text-muted text-sm hover:text-text hover:underline"
          >
            {username}
          </Link>
        ) : null}
        <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm">
          <span className="tabular font-semibold">
            <Price product={product} />
          </span>
          <Rating average={product.rating_average} count={product.rating_count} />
        </p>
        <p className="truncate text-muted text-xs">
          {[types[product.type], ...product.tags.slice(0, TAGS)].join(" · ")}
        </p>
      </div>
    </article>
  )
}

export const PRODUCT_GRID = "grid grid-cols-2 gap-x-4 gap-y-8 sm:grid-cols-3 sm:gap-x-5 lg:grid-cols-4"

export function ProductSkeleton(): ReactNode {
  return (
    <div className="grid gap-3">
      <Skeleton className="aspect-square rounded-xl" />
      <Skeleton className="h-5 w-3/4" />
      <Skeleton className="h-4 w-1/2" />
      <Skeleton className="h-4 w-1/3" />
    </div>
  )
}
