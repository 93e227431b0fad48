// `/settings/two-step`
import { TwoStepPage } from "../../features/account/twoStep/TwoStepPage"
import { SignedInOnly } from "../SignedInOnly"

export const SettingsTwoStepRoute = () => (
  <SignedInOnly>
    <TwoStepPage />
  </SignedInOnly>
)
