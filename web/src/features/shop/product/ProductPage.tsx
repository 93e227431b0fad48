// One product: what it is, what it holds, what it costs, what its buyers say.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import type { PublicProduct } from "../../../lib/types"
import { buttonClass } from "../../../ui/Button"
import { useTitle } from "../../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../../ui/states"
import { productQuery } from "../api"
import { Reviews } from "../reviews/Reviews"
import { BuyArea, type Offer } from "./BuyArea"
import { Contents } from "./Contents"
import { ProductHead } from "./ProductHead"
import { StaffTools } from "./StaffTools"
import { StatusBanner } from "./StatusBanner"
import { useMe } from "./useMe"

interface Props {
  productId: string
  /** The button that follows the seller; another feature's. */
  follow?: (username: string) => ReactNode
  /** The buttons that buy it; another feature's. */
  buy: (offer: Offer) => ReactNode
}

const COLUMNS = "grid items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]"

function Shown({ product, follow, buy }: Omit<Props, "productId"> & { product: PublicProduct }): ReactNode {
  const { user, isStaff } = useMe()
  useTitle(`${product.title} – ${product.seller.username}`)
  const own = user?.id === product.seller.id
  return (
    <>
      <StatusBanner product={product} />
      <div className={COLUMNS}>
        <ProductHead product={product} follow={own ? null : follow?.(product.seller.username)} />
        <div className="grid gap-6 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <BuyArea product={product} buy={buy} />
          {isStaff ? <StaffTools product={product} /> : null}
        </div>
        <div className="grid min-w-0 gap-12">
          <Contents product={product} />
          <Reviews product={product} />
        </div>
      </div>
    </>
  )
}

function Nothing(): ReactNode {
  const { t } = useLingui()
  useTitle(t`No such product`)
  return (
    <>
      <h1 className="sr-only">
        <Trans>No such product</Trans>
      </h1>
      <EmptyState
        icon="shop"
        title={t`There is no such product here`}
        action={
          <Link to="/shop" className={buttonClass()}>
            <Trans>Go to the shop</Trans>
          </Link>
        }
      >
        <Trans>It may have been taken off sale. What you bought stays in your library.</Trans>
      </EmptyState>
    </>
  )
}

function Shape(): ReactNode {
  return (
    <Loading className={COLUMNS}>
      <div className="grid gap-6 sm:grid-cols-[14rem_1fr]">
        <Skeleton className="aspect-square rounded-2xl!" />
        <div className="grid content-start gap-4">
          <Skeleton className="h-5 w-1/3" />
          <Skeleton className="h-10 w-4/5" />
          <Skeleton className="h-5 w-1/4" />
          <Skeleton className="h-24" />
        </div>
      </div>
      <Skeleton className="h-56 rounded-2xl!" />
      <Skeleton className="h-40" />
    </Loading>
  )
}

export function ProductPage({ productId, follow, buy }: Props): ReactNode {
  const { t } = useLingui()
  const { user, isKnown } = useMe()
  const product = useQuery({ ...productQuery(productId, user?.id), enabled: isKnown })
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-6 px-4 py-8 sm:px-6 tabbed:pb-16">
      {product.data ? (
        <Shown product={product.data} follow={follow} buy={buy} />
      ) : !product.isError ? (
        <Shape />
      ) : asApiError(product.error).status === 404 || asApiError(product.error).status === 400 ? (
        <Nothing />
      ) : (
        <ErrorState
          error={product.error}
          title={t`This product could not be read`}
          onRetry={() => void product.refetch()}
        />
      )}
    </div>
  )
}
