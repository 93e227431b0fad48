// Something owned: its cover, under which licence and since when, and its files.
import { Trans } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { absoluteTime, dayOf } from "../../lib/format"
import type { LibraryItem } from "../../lib/types"
import { Cover } from "../../ui/Cover"
import { FileRow } from "./FileRow"

const SHORT = 8

function Facts({ item }: { item: LibraryItem }): ReactNode {
  const { license, granted_at, order_id } = item
  const order = order_id?.slice(-SHORT)
  return (
    <p className="flex flex-wrap gap-x-3 text-muted text-sm">
      {license ? (
        <span className="wrap-anywhere">
          {license.exclusive ? <Trans>{license.name}, exclusive</Trans> : license.name}
        </span>
      ) : null}
      <time dateTime={granted_at} title={absoluteTime(granted_at)}>
        <Trans>yours since {dayOf(granted_at)}</Trans>
      </time>
      {order ? (
        <Link
          to="/orders/$orderId"
          params={{ orderId: order_id ?? "" }}
          className="tabular underline underline-offset-4 hover:text-text"
        >
          <Trans>order …{order}</Trans>
        </Link>
      ) : null}
    </p>
  )
}

export function OwnedProduct({ item }: { item: LibraryItem }): ReactNode {
  const { product, license, files } = item
  const { seller_username: username } = product
  return (
    <article className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-4 gap-y-3 rounded-2xl bg-surface p-4 ring-1 ring-line sm:grid-cols-[8rem_minmax(0,1fr)] sm:gap-x-6 sm:p-5">
      <div className="aspect-square self-start overflow-hidden rounded-xl bg-quiet sm:row-span-2">
        <Cover id={product.id} src={product.cover_small_url} />
      </div>
      <div className="grid content-start gap-0.5">
        <h2 className="wrap-anywhere font-semibold text-lg leading-snug" dir="auto">
          {product.is_on_sale ? (
            <Link to="/products/$productId" params={{ productId: product.id }} className="hover:underline">
              {product.title}
            </Link>
          ) : (
            product.title
          )}
        </h2>
        <p className="flex flex-wrap gap-x-3 text-muted text-sm">
          <Link to="/u/$username" params={{ username }} className="underline underline-offset-4 hover:text-text">
            {username}
          </Link>
          {product.is_on_sale ? null : (
            <span>
              <Trans>no longer on sale; it stays yours</Trans>
            </span>
          )}
        </p>
        <Facts item={item} />
        {license?.terms ? (
          <details>
            <summary className="inline-flex min-h-8 items-center text-muted text-sm underline underline-offset-4 hover:text-text">
              <Trans>Terms of your licence</Trans>
            </summary>
            <p className="wrap-anywhere max-w-prose whitespace-pre-line py-1 text-sm" dir="auto">
              {license.terms}
            </p>
          </details>
        ) : null}
      </div>
      <div className="col-span-2 sm:col-span-1">
        {files.length > 0 ? (
          <ul className="divide-y divide-line">
            {files.map((file) => (
              <FileRow key={file.id} itemId={item.id} file={file} />
            ))}
          </ul>
        ) : (
          <p className="text-muted text-sm">
            <Trans>There is nothing to download.</Trans>
          </p>
        )}
      </div>
    </article>
  )
}
