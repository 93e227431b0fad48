// Made-up answers for the admin's pages, in every state they know.
import type { AdminOrder, AdminTransfer, AdminUser, AuditEntry, Ledger, WebhookEvent } from "../features/admin/types"
import { session } from "../lib/session"
import { aUser } from "./fixtures"
import { answer, ok } from "./handlers"
import { pageOf, someTransfers } from "./money"

const id = (kind: string, number: number): string => `0190${kind}-0000-7000-8000-${String(number).padStart(12, "0")}`

export const asAdmin = (): void => session.adopt({ user: { ...aUser, role: "admin" }, access_token: "not-a-token" })

const anOrder = (number: number, change: Partial<AdminOrder> = {}): AdminOrder => ({
  id: id("f600", number),
  number: `VZ-00${1200 + number}`,
  buyer_id: id("a000", 21),
  buyer_username: "ines",
  status: "completed",
  total_cents: 2999,
  refunded_cents: 0,
  currency: "EUR",
  items: 2,
  sellers: 1,
  created_at: `2026-02-0${(number % 8) + 1}T20:00:00Z`,
  completed_at: null,
  ...change,
})

const someOrders = (): AdminOrder[] => [
  anOrder(7, { status: "pending" }),
  anOrder(6, { total_cents: 128_450, items: 11, sellers: 4 }),
  anOrder(5, { status: "partially_refunded", refunded_cents: 900 }),
  anOrder(4, { status: "disputed", buyer_username: "the_hollow_trio" }),
  anOrder(3, { status: "expired" }),
]

/** Of several sellers, as only an admin sees them. */
export const allTransfers = (): AdminTransfer[] =>
  someTransfers().map((transfer, index) =>
    index % 2 ? transfer : { ...transfer, seller_id: id("a000", 7), seller_username: "djamilah" },
  )

const anEvent = (number: number, change: Partial<WebhookEvent> = {}): WebhookEvent => ({
  id: id("fb00", number),
  provider: "hyperswitch",
  event_id: `evt_false_${number}`,
  kind: "payment_succeeded",
  status: "applied",
  note: null,
  deliveries: 1,
  received_at: `2026-02-0${number}T20:00:00Z`,
  handled_at: `2026-02-0${number}T20:00:01Z`,
  ...change,
})

export const someEvents = (): WebhookEvent[] => [
  anEvent(5, { status: "flagged", note: "The amount is not the payment’s.", deliveries: 3 }),
  anEvent(4, { provider: "stripe", kind: "account.updated" }),
  anEvent(3, { status: "ignored", note: "Nothing new." }),
  anEvent(2, { status: "failed", note: "The database was away.", provider: "stripe", kind: "transfer.created" }),
]

const aPerson = (number: number, change: Partial<AdminUser> = {}): AdminUser => ({
  id: id("a000", 20 + number),
  username: ["djamilah", "ines", "reverb_talk", "studio_k"][number - 1] ?? `user_${number}`,
  email: `${["djamilah", "ines", "reverb.talk", "k"][number - 1] ?? number}@example.com`,
  role: "user",
  email_verified: true,
  is_suspended: false,
  created_at: "2026-01-05T10:00:00Z",
  orders: 12,
  products: 3,
  ...change,
})

const somePeople = (): AdminUser[] => [
  aPerson(0, { id: aUser.id, username: aUser.username, email: aUser.email, role: "admin" }),
  aPerson(1, { products: 1204 }),
  aPerson(2, { email_verified: false, products: 0 }),
  aPerson(3, { is_suspended: true }),
  aPerson(4, { role: "moderator" }),
]

const anEntry = (number: number, change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: id("fc00", number),
  actor_id: aUser.id,
  actor_username: aUser.username,
  action: "user.suspended",
  subject_kind: "user",
  subject_id: id("a000", 23),
  details: { reason: "Sold somebody else’s songs." },
  request_id: "req_0000example",
  created_at: `2026-02-0${number}T20:00:00Z`,
  ...change,
})

const someEntries = (): AuditEntry[] => [
  anEntry(4),
  anEntry(3, {
    action: "transfer.retried",
    subject_kind: "transfer",
    subject_id: id("fa00", 6),
    details: { status: "completed", retry_count: 3 },
  }),
  anEntry(2, { actor_id: null, actor_username: null, action: "order.completed", subject_kind: "order", details: {} }),
]

export const aLedger = (change: Partial<Ledger> = {}): Ledger => ({
  balances: [
    { account: "provider_clearing", currency: "EUR", amount_cents: 171_300 },
    { account: "payments", currency: "EUR", amount_cents: 0 },
    { account: "platform_fee", currency: "EUR", amount_cents: -42_850 },
    { account: "seller_payable", currency: "EUR", amount_cents: -128_450 },
  ],
  last_check: { checked_at: "2026-02-08T09:00:00Z", is_balanced: true, differences: [] },
  ...change,
})

export const aDifference = (): Ledger =>
  aLedger({
    last_check: {
      checked_at: "2026-02-08T10:00:00Z",
      is_balanced: false,
      differences: [
        {
          code: "transfer_not_at_provider",
          sentence: "The provider knows no transfer for one that we call sent.",
          difference_cents: 2699,
          subject_id: id("fa00", 4),
        },
        {
          code: "order_not_settled",
          sentence: "A paid order is not in the ledger.",
          difference_cents: null,
          subject_id: null,
        },
      ],
    },
  })

export const adminHandlers = [
  answer("get", "/admin/orders", () => pageOf("orders", someOrders())),
  answer("get", "/admin/transfers", () => pageOf("transfers", allTransfers())),
  answer("get", "/admin/webhooks", () => pageOf("events", someEvents())),
  answer("get", "/admin/webhooks/:id", () =>
    ok({ ...someEvents()[0], body: '{"event_type":"payment_succeeded","client_secret":"***"}' }),
  ),
  answer("get", "/admin/users", () => pageOf("users", somePeople())),
  answer("get", "/admin/users/:id", () =>
    ok({
      ...aPerson(1),
      suspended_at: "2026-02-04T20:00:00Z",
      suspension_reason: "Sold somebody else’s songs.",
    }),
  ),
  answer("get", "/admin/audit", () => pageOf("entries", someEntries())),
  answer("get", "/admin/ledger", () => ok(aLedger())),
]
