// `/account/profile`
import { EditProfilePage } from "../../features/account/EditProfilePage"
import { SignedInOnly } from "../SignedInOnly"

export const EditProfileRoute = () => (
  <SignedInOnly>
    <EditProfilePage />
  </SignedInOnly>
)
