// `/settings/password`
import { PasswordPage } from "../../features/account/PasswordPage"
import { SignedInOnly } from "../SignedInOnly"

export const SettingsPasswordRoute = () => (
  <SignedInOnly>
    <PasswordPage />
  </SignedInOnly>
)
