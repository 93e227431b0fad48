// The way to the cart, in the header, with how many things are in it.
import { plural } from "@lingui/core/macro"
import { useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { Icon } from "../../ui/icons"
import { useCart } from "./cart"

export function CartLink(): ReactNode {
  const { t } = useLingui()
  const count = useCart().length
  const name = count === 0 ? t`Cart, empty` : t`Cart, ${plural(count, { one: "# item", other: "# items" })}`
  return (
    <Link
      to="/cart"
      aria-label={name}
      title={t`Cart`}
      data-cart={count}
      className="relative grid size-11 shrink-0 place-items-center rounded-lg text-muted transition-colors duration-150 hover:bg-quiet hover:text-text aria-[current]:text-text"
    >
      <Icon name="cart" />
      {count > 0 ? (
        <span
          aria-hidden="true"
          className="tabular absolute end-0 top-0.5 grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1 font-bold text-on-accent text-xs leading-none"
        >
          {count}
        </span>
      ) : null}
    </Link>
  )
}
