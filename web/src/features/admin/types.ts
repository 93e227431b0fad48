// The names this feature uses for the API's shapes.
import type { components } from "../../schema.gen"

type Schemas = components["schemas"]

export type AdminUser = Schemas["UserView"]
export type AdminAccount = Schemas["AccountView"]
export type AdminOrder = Schemas["admin_schemas_OrderView"]
export type AdminTransfer = Schemas["TransferView"]
export type AuditEntry = Schemas["EntryView"]
