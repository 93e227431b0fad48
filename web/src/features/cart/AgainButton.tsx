// Puts what an order held into the cart again, and goes there.
import { Trans } from "@lingui/react/macro"
import { useRouter } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { OrderItem } from "../../lib/types"
import { Button } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { cart } from "./cart"

export function AgainButton({ items }: { items: readonly OrderItem[] }): ReactNode {
  const router = useRouter()
  const put = (): void => {
    for (const { product_id, license, quantity, type } of items) {
      cart.add({ product_id, license_id: license?.id ?? null, quantity, is_service: type === "service" })
    }
    void router.navigate({ to: "/cart" })
  }
  return (
    <Button look="quiet" onClick={put}>
      <Icon name="cart" size={18} />
      <Trans>Put it into the cart again</Trans>
    </Button>
  )
}
