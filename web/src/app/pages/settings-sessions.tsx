// `/settings/sessions`
import { SessionsPage } from "../../features/account/SessionsPage"
import { SignedInOnly } from "../SignedInOnly"

export const SettingsSessionsRoute = () => (
  <SignedInOnly>
    <SessionsPage />
  </SignedInOnly>
)
