// What it costs and what one can do about it: edit one's own, download what one owns, or buy. How buying goes is another
// feature's.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useMemo, useState } from "react"
import { money } from "../../../lib/money"
import type { License, PublicProduct, Standing } from "../../../lib/types"
import { buttonClass } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { filesQuery, standingQuery } from "../api"
import { Free } from "../Price"
import { LicenseChoice } from "./LicenseChoice"
import { useMe } from "./useMe"

/** What can be bought: the product, under one of its licences where it has some. */
export interface Offer {
  product: PublicProduct
  license: License | undefined
  /** In the bar of phones. */
  short: boolean
}

type Stand = "own" | "owned" | "other"

function Action({ stand, offer, buy }: { stand: Stand; offer: Offer; buy: (offer: Offer) => ReactNode }): ReactNode {
  if (stand === "own") {
    return (
      <Link
        to="/sell/products/$productId"
        params={{ productId: offer.product.id }}
        className={buttonClass("quiet", offer.short ? "" : "tabbed:hidden")}
      >
        <Icon name="pen" size={18} />
        <Trans>Edit</Trans>
      </Link>
    )
  }
  if (stand === "owned") {
    return (
      <Link to="/library" className={buttonClass("primary", offer.short ? "" : "tabbed:hidden")}>
        <Icon name="download" size={18} />
        {offer.short ? <Trans>Download</Trans> : <Trans>In your library</Trans>}
      </Link>
    )
  }
  return buy(offer)
}

function Note({ stand, isOwned }: { stand: Stand; isOwned: boolean }): ReactNode {
  if (stand === "own") return <Trans>This is yours. Buyers see its price and a button here.</Trans>
  if (stand === "owned") return <Trans>Its files are in your library.</Trans>
  if (!isOwned) return null
  return (
    <Trans>
      You bought this before: it is{" "}
      <Link to="/library" className="text-accent underline underline-offset-4">
        in your library
      </Link>
      .
    </Trans>
  )
}

/** A licence is owned for itself: another one of the same work can be bought. Services are ordered again and again. */
function standOf(
  product: PublicProduct,
  license: License | undefined,
  standing: Standing | undefined,
  me?: string,
): Stand {
  if (product.seller.id === me) return "own"
  if (!standing?.is_owned || product.type === "service") return "other"
  return !license || standing.owned_license_ids.includes(license.id) ? "owned" : "other"
}

interface Props {
  product: PublicProduct
  buy: (offer: Offer) => ReactNode
}

export function BuyArea({ product, buy }: Props): ReactNode {
  const { t } = useLingui()
  const { user } = useMe()
  const standing = useQuery(standingQuery(product.id, user?.id)).data
  const files = useQuery(filesQuery(product.id, user?.id)).data
  const names = useMemo(() => new Map(files?.map(({ id, title }) => [id, title])), [files])
  const [picked, setPicked] = useState<string>()
  const chosen = picked ?? standing?.owned_license_ids[0]
  const license = product.licenses.find(({ id }) => id === chosen) ?? product.licenses[0]
  const cents = license?.price_cents ?? product.price_cents
  const stand = standOf(product, license, standing, user?.id)
  const price = cents === 0 ? <Free /> : money(cents, product.currency)
  return (
    <>
      <section
        aria-label={t`Price`}
        className="grid gap-4 rounded-2xl bg-surface p-5 ring-1 ring-line lg:sticky lg:top-20"
      >
        {stand === "owned" ? (
          <h2 className="font-bold text-xl tracking-tight">
            <Trans>You own this</Trans>
          </h2>
        ) : (
          <p className={cx("tabular font-bold text-3xl tracking-tight", license ? "" : "tabbed:hidden")}>{price}</p>
        )}
        {product.licenses.length > 0 ? (
          <LicenseChoice
            licenses={product.licenses}
            currency={product.currency}
            chosen={license?.id}
            owned={standing?.owned_license_ids ?? []}
            names={names}
            onChoose={setPicked}
          />
        ) : null}
        <Action stand={stand} offer={{ product, license, short: false }} buy={buy} />
        <p className="text-muted text-sm empty:hidden">
          <Note stand={stand} isOwned={standing?.is_owned ?? false} />
        </p>
      </section>
      <div
        data-buy-bar=""
        className="fixed inset-x-0 bottom-[calc(3.5rem+1px+env(safe-area-inset-bottom)+var(--player))] z-10 hidden items-center justify-between gap-3 border-line border-t bg-bg px-4 py-2 tabbed:flex"
      >
        <span className="tabular min-w-0 truncate font-bold text-lg">
          {stand === "owned" ? <Trans>You own this</Trans> : price}
        </span>
        <Action stand={stand} offer={{ product, license, short: true }} buy={buy} />
      </div>
    </>
  )
}
