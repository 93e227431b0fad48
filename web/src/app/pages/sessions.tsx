// `/account/sessions`
import { SessionsPage } from "../../features/account/SessionsPage"
import { SignedInOnly } from "../SignedInOnly"

export const SessionsRoute = () => (
  <SignedInOnly>
    <SessionsPage />
  </SignedInOnly>
)
