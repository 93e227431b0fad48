// `/sell/sales`
import { SalesPage } from "../../features/money/SalesPage"
import { RefundButton } from "../../features/orders/refund/RefundButton"
import { SignedInOnly } from "../SignedInOnly"

export const SalesRoute = () => (
  <SignedInOnly>
    <SalesPage refund={(sale) => <RefundButton order={sale} />} />
  </SignedInOnly>
)
