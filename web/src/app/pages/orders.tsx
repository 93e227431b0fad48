// `/orders`
import { OrdersPage } from "../../features/orders/OrdersPage"
import { SignedInOnly } from "../SignedInOnly"

export const OrdersRoute = () => (
  <SignedInOnly>
    <OrdersPage />
  </SignedInOnly>
)
