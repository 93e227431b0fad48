// Shapes of the admin's routes that schema.gen.ts does not have yet. When it does, each becomes its name in
// components["schemas"], and `door` in api.ts becomes `api`.
import type { OrderStatus } from "../../lib/orderStatus"
import type { TransferStatus } from "../../lib/transferStatus"
import type { Provider, Role, WebhookStatus } from "./filter"

export interface AdminUser {
  id: string
  username: string
  email: string
  role: Role
  email_verified: boolean
  is_suspended: boolean
  created_at: string
  orders: number
  products: number
}

export interface AdminAccount extends AdminUser {
  suspended_at: string | null
  suspension_reason: string | null
}

export interface AdminOrder {
  id: string
  number: string
  buyer_id: string
  buyer_username: string
  status: OrderStatus
  total_cents: number
  refunded_cents: number
  currency: string
  /** How many lines, and of how many sellers. */
  items: number
  sellers: number
  created_at: string
  completed_at: string | null
}

export interface AdminTransfer {
  id: string
  seller_id: string
  seller_username: string
  order_id: string
  order_number: string
  amount_cents: number
  platform_fee_cents: number
  currency: string
  status: TransferStatus
  retry_count: number
  next_retry_at: string | null
  error: string | null
  stripe_transfer_id: string | null
  created_at: string
  completed_at: string | null
}

export interface Retried {
  id: string
  status: TransferStatus
  retry_count: number
}

export interface WebhookEvent {
  id: string
  provider: Provider
  event_id: string
  kind: string
  status: WebhookStatus
  note: string | null
  deliveries: number
  received_at: string
  handled_at: string | null
}

export interface WebhookDetail extends WebhookEvent {
  /** As it was received, secrets masked; null once it is forgotten. */
  body: string | null
}

export interface AuditEntry {
  id: string
  /** Null: Veza itself, or a provider. */
  actor_id: string | null
  actor_username: string | null
  action: string
  subject_kind: string
  subject_id: string
  details: Record<string, unknown>
  request_id: string | null
  created_at: string
}

export interface Difference {
  code: string
  sentence: string
  /** What is found less what is expected. */
  difference_cents: number | null
  subject_id: string | null
}

interface LedgerCheck {
  checked_at: string
  is_balanced: boolean
  differences: Difference[]
}

export interface LedgerReport extends LedgerCheck {
  /** How many payments and transfers a provider was asked about, and for how many it did not answer. */
  asked: number
  unanswered: number
}

export interface Ledger {
  balances: Array<{ account: string; currency: string; amount_cents: number }>
  last_check: LedgerCheck | null
}

interface PageFacts {
  total: number
  limit: number
  offset: number
}

interface Answers<Data> {
  responses: {
    200: { headers: Record<string, unknown>; content: { "application/json": { success: true; data: Data } } }
  }
}
interface List<Query, Data> {
  get: {
    parameters: { query?: Query & { limit?: number; offset?: number }; header?: never; path?: never; cookie?: never }
  } & Answers<Data & PageFacts>
}
interface One<Path> {
  parameters: { query?: never; header?: never; path: Path; cookie?: never }
}
interface Plain {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
}
interface Sends<Body> {
  requestBody: { content: { "application/json": Body } }
}
type Days = { from?: string | undefined; to?: string | undefined }

export interface AdminPaths {
  "/api/v1/admin/users": List<
    { search?: string | undefined; role?: Role | undefined; suspended?: boolean | undefined },
    { users: AdminUser[] }
  >
  "/api/v1/admin/users/{user_id}": { get: One<{ user_id: string }> & Answers<AdminAccount> }
  "/api/v1/admin/users/{user_id}/role": { put: One<{ user_id: string }> & Sends<{ role: Role }> & Answers<unknown> }
  "/api/v1/admin/users/{user_id}/suspend": {
    post: One<{ user_id: string }> & Sends<{ reason: string }> & Answers<unknown>
  }
  "/api/v1/admin/users/{user_id}/reinstate": { post: One<{ user_id: string }> & Answers<unknown> }
  "/api/v1/admin/orders": List<
    Days & {
      status?: OrderStatus | undefined
      buyer_id?: string | undefined
      seller_id?: string | undefined
      search?: string | undefined
    },
    { orders: AdminOrder[] }
  >
  "/api/v1/admin/transfers": List<
    Days & { status?: TransferStatus | undefined; seller_id?: string | undefined },
    { transfers: AdminTransfer[] }
  >
  "/api/v1/admin/transfers/{transfer_id}/retry": {
    post: {
      parameters: {
        query?: never
        header?: { "Idempotency-Key"?: string }
        path: { transfer_id: string }
        cookie?: never
      }
    } & Answers<Retried>
  }
  "/api/v1/admin/webhooks": List<
    { provider?: Provider | undefined; status?: WebhookStatus | undefined },
    { events: WebhookEvent[] }
  >
  "/api/v1/admin/webhooks/{event_id}": { get: One<{ event_id: string }> & Answers<WebhookDetail> }
  "/api/v1/admin/webhooks/{event_id}/replay": { post: One<{ event_id: string }> & Answers<unknown> }
  "/api/v1/admin/audit": List<
    {
      actor_id?: string | undefined
      action?: string | undefined
      subject_kind?: string | undefined
      subject_id?: string | undefined
    },
    { entries: AuditEntry[] }
  >
  "/api/v1/admin/ledger": { get: Plain & Answers<Ledger> }
  "/api/v1/admin/ledger/check": { post: Plain & Answers<LedgerReport> }
}
