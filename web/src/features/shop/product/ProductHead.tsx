// What a product is: cover, title, who made it, what they say of it, and its tags.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { dayOf } from "../../../lib/format"
import type { PublicProduct } from "../../../lib/types"
import { useTypeNames } from "../../../lib/useTypeNames"
import { Cover } from "../../../ui/Cover"
import { Rating } from "../Rating"

interface Props {
  product: PublicProduct
  follow?: ReactNode
}

export function ProductHead({ product, follow }: Props): ReactNode {
  const { t } = useLingui()
  const types = useTypeNames()
  const { username } = product.seller
  return (
    <div className="grid gap-6 sm:grid-cols-[14rem_1fr] xl:grid-cols-[17rem_1fr]">
      <div className="aspect-square self-start overflow-hidden rounded-2xl bg-quiet">
        <Cover id={product.id} src={product.cover_url} />
      </div>
      <div className="grid content-start gap-4">
        <div className="grid gap-2">
          <p className="flex flex-wrap items-center gap-x-3 text-muted text-sm">
            <span>{types[product.type]}</span>
            {product.published_at ? (
              <span>
                <Trans>published {dayOf(product.published_at)}</Trans>
              </span>
            ) : null}
            <Rating average={product.rating_average} count={product.rating_count} />
          </p>
          <h1
            className="wrap-anywhere text-balance font-bold text-3xl leading-tight tracking-tight sm:text-4xl"
            dir="auto"
          >
            {product.title}
          </h1>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <Link
              to="/u/$username"
              params={{ username }}
              className="inline-flex min-h-11 items-center text-accent underline underline-offset-4"
            >
              <Trans>by {username}</Trans>
            </Link>
            {follow}
          </div>
        </div>
        {product.description ? (
          <p className="wrap-anywhere max-w-prose whitespace-pre-line" dir="auto">
            {product.description}
          </p>
        ) : null}
        {product.tags.length > 0 ? (
          <ul aria-label={t`Tags`} className="flex flex-wrap gap-2">
            {product.tags.map((tag) => (
              <li key={tag}>
                <Link
                  to="/shop"
                  search={{ tag }}
                  className="inline-flex min-h-9 items-center rounded-full bg-quiet px-3.5 text-sm hover:bg-line"
                >
                  {tag}
                </Link>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </div>
  )
}
