// `/sell/sales`
import { SalesPage } from "../../features/money/SalesPage"
import { SignedInOnly } from "../SignedInOnly"

export const SalesRoute = () => (
  <SignedInOnly>
    <SalesPage />
  </SignedInOnly>
)
