// Buying one thing, on its page: into the cart, or straight on to it; what is free is had at once. Twice on a page: in full
// beside the price, and short in the bar of phones.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link, useRouter } from "@tanstack/react-router"
import { type ReactNode, useId } from "react"
import { useConfig } from "../../lib/config"
import { asApiError } from "../../lib/errors"
import { leaveFor } from "../../lib/leave"
import type { License, PublicProduct } from "../../lib/types"
import { useSession } from "../../lib/useSession"
import { Button, buttonClass } from "../../ui/Button"
import { cx } from "../../ui/classes"
import { Icon } from "../../ui/icons"
import { toast } from "../../ui/toasts"
import { itemsOf } from "./api"
import { type CartLine, cart, keyOf, LINES_MAX, useCart } from "./cart"
import { usePlaceOrder } from "./usePlaceOrder"

interface Props {
  product: PublicProduct
  license: License | undefined
  /** In the bar: the price stands beside it, and there is little room. */
  short: boolean
}

function useAdd(line: CartLine): () => boolean {
  const { t } = useLingui()
  return () => {
    const isIn = cart.add(line)
    if (!isIn) toast(t`The cart is full: it holds ${LINES_MAX} works. Buy or remove some first.`, "error")
    return isIn
  }
}

function Paid({ line, short }: { line: CartLine; short: boolean }): ReactNode {
  const { t } = useLingui()
  const router = useRouter()
  const add = useAdd(line)
  const isIn = useCart().some((one) => keyOf(one) === keyOf(line))
  if (isIn) {
    return (
      <Link to="/cart" className={buttonClass("quiet")} data-in-cart="">
        <Icon name="tick" size={18} />
        <Trans>In your cart</Trans>
      </Link>
    )
  }
  const buy = (
    <Button key="buy" onClick={() => void (add() && router.navigate({ to: "/cart" }))}>
      <Trans>Buy</Trans>
    </Button>
  )
  const keep = (
    <Button
      key="add"
      look="quiet"
      className={cx(short && "px-3")}
      aria-label={short ? t`Add to cart` : undefined}
      onClick={() => void (add() && toast(t`It is in your cart.`))}
    >
      <Icon name="cartPlus" size={short ? 20 : 18} />
      {short ? null : <Trans>Add to cart</Trans>}
    </Button>
  )
  return short ? [keep, buy] : [buy, keep]
}

function Free({ line }: { line: CartLine }): ReactNode {
  const router = useRouter()
  const { user } = useSession()
  const order = usePlaceOrder({ leave: leaveFor })
  const get = (): void => {
    if (!user) {
      void router.navigate({ to: "/login", search: { next: router.state.location.href } })
      return
    }
    order.mutate({
      me: user.id,
      body: { items: itemsOf([line]), payment_method: "card", billing: null },
      expected_cents: 0,
    })
  }
  const failure = order.error ? asApiError(order.error) : null
  return (
    <>
      <Button writes busy={order.isPending} onClick={get}>
        <Icon name="download" size={18} />
        <Trans>Get it free</Trans>
      </Button>
      {failure ? (
        <p role="alert" className="basis-full text-danger text-sm">
          {failure.status === 0 ? (
            <Trans>The server could not be reached. Try again: it is ordered once only.</Trans>
          ) : (
            failure.message
          )}
        </p>
      ) : null}
    </>
  )
}

export function BuyButtons({ product, license, short }: Props): ReactNode {
  const noteId = useId()
  const closed = useConfig()?.paymentsMode === "disabled"
  const line: CartLine = {
    product_id: product.id,
    license_id: license?.id ?? null,
    quantity: 1,
    is_service: product.type === "service",
  }
  const isFree = (license?.price_cents ?? product.price_cents) === 0
  const frame = short ? "flex flex-wrap justify-end gap-2" : "grid gap-2 tabbed:hidden"
  if (closed && !isFree) {
    return (
      <>
        <div className={frame}>
          <Button aria-disabled={true} aria-describedby={short ? undefined : noteId}>
            {short ? <Trans>Buy: not open yet</Trans> : <Trans>Buy — not open on this server yet</Trans>}
          </Button>
        </div>
        {short ? null : (
          <p id={noteId} className="text-muted text-sm">
            <Trans>You can listen and look around. Nothing can be ordered here before the server takes payments.</Trans>
          </p>
        )}
      </>
    )
  }
  return (
    <>
      <div className={frame}>{isFree ? <Free line={line} /> : <Paid line={line} short={short} />}</div>
      {short ? null : (
        <p className="text-muted text-sm">
          {isFree ? (
            <Trans>It goes to your library, to download whenever you want.</Trans>
          ) : (
            <Trans>You pay on the payment provider’s page. Then it is in your library.</Trans>
          )}
        </p>
      )}
    </>
  )
}
