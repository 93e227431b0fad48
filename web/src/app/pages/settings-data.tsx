// `/settings/data`
import { DataPage } from "../../features/account/DataPage"
import { SignedInOnly } from "../SignedInOnly"

export const SettingsDataRoute = () => (
  <SignedInOnly>
    <DataPage />
  </SignedInOnly>
)
