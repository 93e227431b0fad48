// `/orders/:id?payment_id=&status=`: the provider's page sends the browser here, with words in the address that nobody believes.
import { useParams, useSearch } from "@tanstack/react-router"
import { AgainButton } from "../../features/cart/AgainButton"
import { OrderPage } from "../../features/orders/OrderPage"
import { SignedInOnly } from "../SignedInOnly"

export function OrderRoute() {
  const { orderId } = useParams({ from: "/orders/$orderId" })
  const { payment_id, status } = useSearch({ from: "/orders/$orderId" })
  return (
    <SignedInOnly>
      <OrderPage
        key={orderId}
        orderId={orderId}
        isReturn={(payment_id ?? status) !== undefined}
        again={({ items }) => <AgainButton items={items} />}
      />
    </SignedInOnly>
  )
}
