// The names this feature uses for the API's shapes.
import type { components } from "../../schema.gen"

type Schemas = components["schemas"]

export type Totp = Schemas["TotpAnswer"]
export type TotpSecret = Schemas["TotpSetupAnswer"]
export type Notifications = Schemas["NotificationsAnswer"]
export type Export = Schemas["ExportView"]
