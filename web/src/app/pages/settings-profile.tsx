// `/settings/profile`
import { EditProfilePage } from "../../features/account/EditProfilePage"
import { SignedInOnly } from "../SignedInOnly"

export const SettingsProfileRoute = () => (
  <SignedInOnly>
    <EditProfilePage />
  </SignedInOnly>
)
