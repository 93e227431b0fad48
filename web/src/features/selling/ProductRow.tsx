// One of my products in the list: what it is, how it stands, and what can be done with it from here.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useSyncExternalStore } from "react"
import { absoluteTime, relativeTime } from "../../lib/format"
import { money } from "../../lib/money"
import type { OwnProduct } from "../../lib/types"
import { useNow } from "../../lib/useBrowser"
import { useTypeNames } from "../../lib/useTypeNames"
import { AskFirstButton } from "../../ui/AskFirstButton"
import { buttonClass } from "../../ui/Button"
import { Cover } from "../../ui/Cover"
import { Icon } from "../../ui/icons"
import { archiveProduct, publishProduct, refreshProduct } from "./api"
import { ProductLink } from "./ProductLink"
import { StatusBadge } from "./StatusBadge"
import { isUnderWay, uploads } from "./uploads"

const NOW_MS = 60_000

function Price({ product }: { product: Pick<OwnProduct, "price_cents" | "currency" | "licenses"> }): ReactNode {
  const amount = money(product.price_cents, product.currency)
  if (product.licenses.length > 1) return <Trans>from {amount}</Trans>
  return product.price_cents === 0 ? <Trans>Free</Trans> : amount
}

/** What about the files needs attention; silent when all is well. */
function Files({ product }: { product: OwnProduct }): ReactNode {
  const { files_ready: ready, files_processing: processing, files_failed: failed } = product
  const isService = product.type === "service"
  return (
    <>
      {ready + processing + failed === 0 ? (
        isService ? null : (
          <span>
            <Trans>No files yet</Trans>
          </span>
        )
      ) : (
        <span>
          <Plural value={ready + processing + failed} one="# file" other="# files" />
        </span>
      )}
      {processing > 0 ? (
        <span className="inline-flex items-center gap-1">
          <Icon name="clock" size={14} />
          <Trans>{processing} in preparation</Trans>
        </span>
      ) : null}
      {failed > 0 ? (
        <span className="inline-flex items-center gap-1 font-medium text-danger">
          <Icon name="warning" size={14} />
          <Trans>{failed} failed</Trans>
        </span>
      ) : null}
    </>
  )
}

function Actions({ product }: { product: OwnProduct }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { id, title, status } = product
  const shared = { look: "plain" as const, onSettled: () => refreshProduct(queries, id) }
  return (
    <div className="col-span-full flex flex-wrap gap-1 max-sm:-mx-3 sm:col-start-2 lg:col-span-1 lg:col-start-auto lg:justify-end">
      <Link
        to="/sell/products/$productId"
        params={{ productId: id }}
        className={buttonClass("plain", "px-3")}
        aria-label={status === "taken_down" ? t`Open ${title}` : t`Edit ${title}`}
      >
        {status === "taken_down" ? <Trans>Open</Trans> : <Trans>Edit</Trans>}
      </Link>
      {status === "published" ? (
        <>
          <ProductLink id={id} className={buttonClass("plain", "px-3")} aria-label={t`View ${title}`}>
            <Trans>View</Trans>
          </ProductLink>
          <AskFirstButton
            {...shared}
            className="px-3"
            label={t`Archive`}
            name={t`Archive ${title}`}
            title={t`Take “${title}” off sale?`}
            description={t`Nobody finds it any more. Whoever bought it keeps it, and you can publish it again.`}
            keep={t`Keep it on sale`}
            confirm={t`Archive`}
            done={t`It is off sale now.`}
            action={() => archiveProduct(id)}
          />
        </>
      ) : null}
      {status === "draft" || status === "archived" ? (
        <AskFirstButton
          {...shared}
          className="px-3"
          label={t`Publish`}
          name={t`Publish ${title}`}
          title={t`Put “${title}” on sale?`}
          description={t`Everybody can find it and buy it from then on.`}
          keep={t`Not yet`}
          confirm={t`Publish`}
          confirmLook="primary"
          done={t`It is on sale now.`}
          action={() => publishProduct(id)}
        />
      ) : null}
    </div>
  )
}

function Rating({ product }: { product: OwnProduct }): ReactNode {
  const { t } = useLingui()
  const { rating_average: average, rating_count: count } = product
  if (average === null || count === 0) return null
  const stars = average.toFixed(1)
  return (
    <span className="inline-flex items-center gap-1">
      <Icon name="star" size={14} />
      <span aria-hidden="true">
        {stars} ({count})
      </span>
      <span className="sr-only">{t`Rated ${stars} of 5, ${count} times`}</span>
    </span>
  )
}

/** How many files are on their way into it right now. */
function useSending(productId: string): number {
  const all = useSyncExternalStore(uploads.subscribe, uploads.get)
  return all.filter((upload) => upload.productId === productId && isUnderWay(upload.state)).length
}

export function ProductRow({ product }: { product: OwnProduct }): ReactNode {
  const types = useTypeNames()
  const sending = useSending(product.id)
  const now_ms = useNow(NOW_MS)
  const { id, title, updated_at } = product
  return (
    <li className="grid grid-cols-[4rem_minmax(0,1fr)] items-center gap-x-4 gap-y-2 py-4 lg:grid-cols-[4rem_minmax(0,1fr)_7rem_7rem_17rem]">
      <div className="size-16 overflow-hidden rounded-lg">
        <Cover id={id} src={product.cover_small_url} />
      </div>
      <div className="grid min-w-0 gap-1">
        <h2 className="min-w-0">
          <Link
            to="/sell/products/$productId"
            params={{ productId: id }}
            className="wrap-anywhere line-clamp-2 font-semibold hover:underline"
            dir="auto"
          >
            {title}
          </Link>
        </h2>
        <p className="tabular flex flex-wrap gap-x-3 text-muted text-sm">
          <span>{types[product.type]}</span>
          <Files product={product} />
          {sending > 0 ? (
            <span className="inline-flex items-center gap-1 font-medium text-accent">
              <Icon name="upload" size={14} />
              <Plural value={sending} one="# file on its way" other="# files on their way" />
            </span>
          ) : null}
          <Rating product={product} />
          <time dateTime={updated_at} title={absoluteTime(updated_at)}>
            <Trans>Changed {relativeTime(updated_at, now_ms)}</Trans>
          </time>
        </p>
      </div>
      <div className="col-span-full flex items-center gap-3 sm:col-start-2 lg:contents">
        <StatusPlace product={product} />
        <p className="tabular font-semibold lg:text-end">
          <Price product={product} />
        </p>
      </div>
      <Actions product={product} />
      {product.takedown_reason ? (
        <p className="wrap-anywhere col-span-full rounded-lg bg-danger-soft px-3 py-2 text-sm sm:col-start-2">
          <Trans>Taken down by the staff: {product.takedown_reason}</Trans>
        </p>
      ) : null}
    </li>
  )
}

const StatusPlace = ({ product }: { product: OwnProduct }): ReactNode => (
  <div>
    <StatusBadge status={product.status} />
  </div>
)
