// `/settings/notifications`
import { NotificationsPage } from "../../features/account/NotificationsPage"
import { SignedInOnly } from "../SignedInOnly"

export const SettingsNotificationsRoute = () => (
  <SignedInOnly>
    <NotificationsPage />
  </SignedInOnly>
)
