// A list of products, a page at a time: total, cards, and a button for more. The next page moves nothing that is there.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query"
import { type ReactNode, useMemo } from "react"
import type { ProductPage } from "../../lib/types"
import { More } from "../../ui/More"
import { ErrorState, Loading } from "../../ui/states"
import { PRODUCT_GRID, ProductCard, ProductSkeleton } from "./ProductCard"
import { previewsOf } from "./previews"

type Listed = UseInfiniteQueryResult<InfiniteData<ProductPage>>

interface Props {
  list: Listed
  level: 2 | 3
  seller?: boolean
  /** What stands there when there is nothing. */
  empty: ReactNode
}

const SLOTS = ["a", "b", "c", "d", "e", "f", "g", "h"]

function Skeletons(): ReactNode {
  return (
    <Loading className={PRODUCT_GRID}>
      {SLOTS.map((slot) => (
        <ProductSkeleton key={slot} />
      ))}
    </Loading>
  )
}

function Total({ page }: { page: ProductPage }): ReactNode {
  return (
    <p role="status" className="tabular text-muted text-sm">
      {page.total_capped ? (
        <Trans>More than 1,000 products</Trans>
      ) : (
        <Plural value={page.total} one="# product" other="# products" />
      )}
    </p>
  )
}

function End({ list, shown }: { list: Listed; shown: number }): ReactNode {
  const more = (
    <More list={list} className="min-w-40">
      {list.isFetchingNextPage ? <Trans>Loading…</Trans> : <Trans>Load more</Trans>}
    </More>
  )
  if (list.isFetchNextPageError) return more
  if (list.hasNextPage) {
    return (
      <div className="grid justify-items-center gap-2">
        {more}
        <p className="tabular text-muted text-sm">
          <Plural value={shown} one="# shown" other="# shown" />
        </p>
      </div>
    )
  }
  return (
    <p className="text-center text-muted text-sm">
      <Trans>That is all of it.</Trans>
    </p>
  )
}

export function ProductGrid({ list, level, seller = true, empty }: Props): ReactNode {
  const { t } = useLingui()
  const products = useMemo(() => list.data?.pages.flatMap((page) => page.products) ?? [], [list.data])
  const queue = useMemo(() => previewsOf(products), [products])
  const [first] = list.data?.pages ?? []
  if (!first) {
    if (!list.isError) return <Skeletons />
    return <ErrorState error={list.error} title={t`The shop could not be read`} onRetry={() => void list.refetch()} />
  }
  if (products.length === 0) return empty
  return (
    <div className="grid gap-6" aria-busy={list.isPlaceholderData || undefined}>
      <Total page={first} />
      <ul className={PRODUCT_GRID}>
        {products.map((product) => (
          <li key={product.id}>
            <ProductCard product={product} queue={queue} level={level} seller={seller} />
          </li>
        ))}
      </ul>
      <End list={list} shown={products.length} />
    </div>
  )
}
