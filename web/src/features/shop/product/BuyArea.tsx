// What it costs and what one can do about it: edit one's own, download what one owns, or buy. Ordering is not part of the
// server yet, so buying says so instead of pretending.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useId, useMemo, useState } from "react"
import { money } from "../../../lib/money"
import type { PublicProduct } from "../../../lib/types"
import { Button, buttonClass } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { filesQuery, standingQuery } from "../api"
import { Free } from "../Price"
import { LicenseChoice } from "./LicenseChoice"
import { useMe } from "./useMe"

type Stand = "own" | "owned" | "other"

function Action({
  stand,
  product,
  short,
  noteId,
}: {
  stand: Stand
  product: PublicProduct
  short: boolean
  noteId: string
}) {
  if (stand === "own") {
    return (
      <Link to="/sell/products/$productId" params={{ productId: product.id }} className={buttonClass("quiet")}>
        <Icon name="pen" size={18} />
        <Trans>Edit</Trans>
      </Link>
    )
  }
  if (stand === "owned") {
    return (
      <Link to="/library" className={buttonClass()}>
        <Icon name="download" size={18} />
        <Trans>Download</Trans>
      </Link>
    )
  }
  return (
    <Button aria-disabled={true} aria-describedby={noteId}>
      {short ? <Trans>Buy: not open yet</Trans> : <Trans>Buy — not open on this server yet</Trans>}
    </Button>
  )
}

function Note({ stand }: { stand: Stand }): ReactNode {
  if (stand === "own") return <Trans>This is yours. Buyers see its price and a button here.</Trans>
  if (stand === "owned") return <Trans>Its files are in your library.</Trans>
  return <Trans>You can listen and look around. Nothing can be ordered here before the server takes payments.</Trans>
}

export function BuyArea({ product }: { product: PublicProduct }): ReactNode {
  const { t } = useLingui()
  const { user } = useMe()
  const noteId = useId()
  const standing = useQuery(standingQuery(product.id, user?.id)).data
  const files = useQuery(filesQuery(product.id, user?.id)).data
  const names = useMemo(() => new Map(files?.map(({ id, title }) => [id, title])), [files])
  const [chosen, setChosen] = useState(product.licenses[0]?.id)
  const license = product.licenses.find(({ id }) => id === chosen) ?? product.licenses[0]
  const cents = license?.price_cents ?? product.price_cents
  const stand: Stand = product.seller.id === user?.id ? "own" : standing?.is_owned ? "owned" : "other"
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
            onChoose={setChosen}
          />
        ) : null}
        <div className="grid tabbed:hidden">
          <Action stand={stand} product={product} short={false} noteId={noteId} />
        </div>
        <p id={noteId} className="text-muted text-sm">
          <Note stand={stand} />
        </p>
      </section>
      <div
        data-buy-bar=""
        className="fixed inset-x-0 bottom-[calc(3.5rem+1px+env(safe-area-inset-bottom)+var(--player))] z-10 hidden items-center justify-between gap-3 border-line border-t bg-bg px-4 py-2 tabbed:flex"
      >
        <span className="tabular min-w-0 truncate font-bold text-lg">
          {stand === "owned" ? <Trans>You own this</Trans> : price}
        </span>
        <Action stand={stand} product={product} short={true} noteId={noteId} />
      </div>
    </>
  )
}
