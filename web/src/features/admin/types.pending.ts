// Shapes of the admin's routes that schema.gen.ts does not have yet. When it does, each becomes its name in
// components["schemas"], and `door` in api.ts becomes `api`.
import type { OrderStatus } from "../../lib/orderStatus"
import type { TransferStatus } from "../../lib/transferStatus"
import type { Provider, WebhookStatus } from "./filter"
import type { AdminOrder, AdminTransfer } from "./types"

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
type Days = { from?: string | undefined; to?: string | undefined }

export interface AdminPaths {
  // The document calls two shapes "OkOrdersView", the buyer's and the admin's, and keeps the buyer's.
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
  "/api/v1/admin/ledger": { get: Plain & Answers<Ledger> }
  "/api/v1/admin/ledger/check": { post: Plain & Answers<LedgerReport> }
}
