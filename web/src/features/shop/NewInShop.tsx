// "New in the shop" as a section of another page: the newest few, or an invitation while there is nothing.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useMemo } from "react"
import { ErrorState, Loading } from "../../ui/states"
import { newestQuery } from "./api"
import { EmptyShop } from "./EmptyShop"
import { ProductCard, ProductSkeleton } from "./ProductCard"
import { previewsOf } from "./previews"

const SHOWN = 6
const ROW = "grid grid-cols-2 gap-x-4 gap-y-8 sm:grid-cols-3 sm:gap-x-5 lg:grid-cols-6"

function Cards(): ReactNode {
  const { t } = useLingui()
  const newest = useQuery(newestQuery(SHOWN))
  const products = newest.data?.products
  const queue = useMemo(() => previewsOf(products ?? []), [products])
  if (newest.isError) {
    return (
      <ErrorState error={newest.error} title={t`The shop could not be read`} onRetry={() => void newest.refetch()} />
    )
  }
  if (!products) {
    return (
      <Loading className={ROW}>
        {["a", "b", "c", "d", "e", "f"].map((slot) => (
          <ProductSkeleton key={slot} />
        ))}
      </Loading>
    )
  }
  if (products.length === 0) return <EmptyShop />
  return (
    <ul className={ROW}>
      {products.map((product) => (
        <li key={product.id}>
          <ProductCard product={product} queue={queue} level={3} />
        </li>
      ))}
    </ul>
  )
}

export function NewInShop(): ReactNode {
  return (
    <section aria-labelledby="new-in-shop" className="grid gap-5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 id="new-in-shop" className="font-bold text-2xl tracking-tight">
          <Trans>New in the shop</Trans>
        </h2>
        <Link to="/shop" className="inline-flex min-h-11 items-center font-semibold text-accent hover:underline">
          <Trans>See the whole shop</Trans>
        </Link>
      </div>
      <Cards />
    </section>
  )
}
