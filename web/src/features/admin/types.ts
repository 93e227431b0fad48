// The names this feature uses for the API's shapes.
import type { components } from "../../schema.gen"

type Schemas = components["schemas"]

export type AdminUser = Schemas["AdminUserView"]
export type AdminAccount = Schemas["AdminAccountView"]
export type AdminOrder = Schemas["AdminOrderView"]
export type AdminTransfer = Schemas["TransferView"]
export type AuditEntry = Schemas["AdminAuditEntryView"]
export type Retried = Schemas["RetriedTransferView"]
export type WebhookEvent = Schemas["WebhookEventView"]
export type WebhookDetail = Schemas["WebhookEventDetailView"]
export type Difference = Schemas["LedgerDifferenceView"]
export type LedgerReport = Schemas["LedgerReportView"]
export type Ledger = Schemas["BooksView"]
