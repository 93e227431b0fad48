// What the admin's lists are narrowed to, as it stands in the address. Pure: the app reads it before any page.
import { day, oneOf, readAddress, uuid, words } from "../../lib/address"
import { ORDER_STATUSES, type OrderStatus } from "../../lib/orderStatus"
import { TRANSFER_STATUSES, type TransferStatus } from "../../lib/transferStatus"
import type { components } from "../../schema.gen"

export type Role = components["schemas"]["Role"]
export const ROLES = ["user", "moderator", "admin"] as const satisfies Role[]

export type Provider = components["schemas"]["Provider"]
export const PROVIDERS = ["hyperswitch", "stripe"] as const satisfies Provider[]

export type WebhookStatus = components["schemas"]["EventStatus"]
export const WEBHOOK_STATUSES = [
  "received",
  "applied",
  "ignored",
  "flagged",
  "failed",
] as const satisfies WebhookStatus[]

export const SEARCH_MAX = 100

export interface OrdersFilter {
  status?: OrderStatus | undefined
  search?: string | undefined
  buyer_id?: string | undefined
  seller_id?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export const readOrders: (raw: Record<string, unknown>) => OrdersFilter = readAddress({
  status: oneOf(ORDER_STATUSES),
  search: words(SEARCH_MAX),
  buyer_id: uuid,
  seller_id: uuid,
  from: day,
  to: day,
})

export interface TransfersFilter {
  status?: TransferStatus | undefined
  seller_id?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export const readTransfers: (raw: Record<string, unknown>) => TransfersFilter = readAddress({
  status: oneOf(TRANSFER_STATUSES),
  seller_id: uuid,
  from: day,
  to: day,
})

export interface WebhooksFilter {
  provider?: Provider | undefined
  status?: WebhookStatus | undefined
}

export const readWebhooks: (raw: Record<string, unknown>) => WebhooksFilter = readAddress({
  provider: oneOf(PROVIDERS),
  status: oneOf(WEBHOOK_STATUSES),
})

export interface UsersFilter {
  search?: string | undefined
  role?: Role | undefined
  suspended?: "true" | "false" | undefined
}

export const readUsers: (raw: Record<string, unknown>) => UsersFilter = readAddress({
  search: words(SEARCH_MAX),
  role: oneOf(ROLES),
  suspended: oneOf<"true" | "false">(["true", "false"]),
})

/** As names of acts and subjects are written: `transfer.retried`. What they have no place for is dropped. */
export const word = (value: unknown): string | undefined =>
  words(SEARCH_MAX)(value)?.replace(/[^\w.-]/g, "") || undefined

export interface AuditFilter {
  action?: string | undefined
  actor_id?: string | undefined
  subject_kind?: string | undefined
  subject_id?: string | undefined
}

export const readAudit: (raw: Record<string, unknown>) => AuditFilter = readAddress({
  action: word,
  actor_id: uuid,
  subject_kind: word,
  subject_id: word,
})
