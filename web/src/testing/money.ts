// Made-up money of a seller, for stories: a balance, an account, a year of sales, transfers in every state.
import type { Balance, Connection, Order, OrderItem, Sale, Stats, Transfer } from "../features/money/types"
import { aUser } from "./fixtures"
import { answer, ok } from "./handlers"

const id = (kind: string, number: number): string => `0190${kind}-0000-7000-8000-${String(number).padStart(12, "0")}`

export const aBalance = (change: Partial<Balance> = {}): Balance => ({
  connected: true,
  available: 128_450,
  pending: 5397,
  debt: 0,
  currency: "EUR",
  onboarding: "active",
  ...change,
})

export const aConnection = (change: Partial<Connection> = {}): Connection => ({
  connected: true,
  onboarding: "active",
  disabled_reason: null,
  requirements_due: 0,
  ...change,
})

/** The last `count` days up to the end of February 2026, the same ones on every run. */
export function someStats(count = 30): Stats {
  const days = Array.from({ length: count }, (_, at) => {
    const orders = Math.max(0, Math.round(2.2 + 2.4 * Math.sin(at / 3.1) + 1.5 * Math.sin(at * 12.9898)))
    const gross_cents = orders * 900 + (at % 5 === 0 ? 2500 : 0) * Math.sign(orders)
    const fee_cents = Math.floor((gross_cents * 1000 + 5000) / 10_000)
    const date = new Date(Date.UTC(2026, 1, 28 - (count - 1) + at)).toISOString().slice(0, 10)
    return { date, orders, gross_cents, fee_cents, net_cents: gross_cents - fee_cents }
  })
  const sum = (pick: (day: (typeof days)[number]) => number): number => days.reduce((all, day) => all + pick(day), 0)
  return {
    currency: "EUR",
    days,
    totals: {
      orders: sum(({ orders }) => orders),
      gross_cents: sum(({ gross_cents }) => gross_cents),
      fee_cents: sum(({ fee_cents }) => fee_cents),
      net_cents: sum(({ net_cents }) => net_cents),
      refunded_cents: 900,
    },
    top_products: [
      { product_id: id("f000", 1), title: "Night drive", quantity: 41, gross_cents: 36_900 },
      { product_id: id("f000", 2), title: "Concrete garden", quantity: 6, gross_cents: 19_800 },
      {
        product_id: id("f000", 3),
        title: "A title that goes on for much longer than anybody would print on a record sleeve",
        quantity: 3,
        gross_cents: 450,
      },
    ],
  }
}

export const noStats = (): Stats => ({
  currency: "EUR",
  days: someStats().days.map(({ date }) => ({ date, orders: 0, gross_cents: 0, fee_cents: 0, net_cents: 0 })),
  totals: { orders: 0, gross_cents: 0, fee_cents: 0, net_cents: 0, refunded_cents: 0 },
  top_products: [],
})

export const aTransfer = (number: number, change: Partial<Transfer> = {}): Transfer => ({
  id: id("fa00", number),
  seller_id: aUser.id,
  seller_username: aUser.username,
  order_id: id("f600", number),
  order_number: `VZ-00${1200 + number}`,
  amount_cents: 2699,
  platform_fee_cents: 300,
  currency: "EUR",
  status: "completed",
  retry_count: 0,
  next_retry_at: null,
  error: null,
  stripe_transfer_id: `tr_false_${number}`,
  created_at: `2026-02-0${(number % 8) + 1}T20:00:00Z`,
  completed_at: `2026-02-0${(number % 8) + 1}T20:00:04Z`,
  reversed_cents: 0,
  recovered_cents: 0,
  ...change,
})

const unsent = { stripe_transfer_id: null, completed_at: null }

export const someTransfers = (): Transfer[] => [
  aTransfer(7, { ...unsent, status: "pending" }),
  aTransfer(6, {
    ...unsent,
    status: "failed",
    retry_count: 2,
    next_retry_at: "2026-02-08T09:30:00Z",
    error: "The platform's balance was too low.",
    amount_cents: 810,
    platform_fee_cents: 90,
  }),
  aTransfer(5, { ...unsent, status: "waiting_for_seller", amount_cents: 36_000, platform_fee_cents: 4000 }),
  aTransfer(4),
  aTransfer(3, {
    ...unsent,
    status: "permanently_failed",
    retry_count: 8,
    error: "The account at the provider is gone.",
  }),
  aTransfer(2, { amount_cents: 2250, platform_fee_cents: 250 }),
  aTransfer(1, { status: "reversed", reversed_cents: 2699 }),
]

/** What refunds make of transfers: taken back whole, in part, just now, and kept back for what was owed. */
export const someTransfersBack = (): Transfer[] => [
  aTransfer(14, { status: "reversal_pending" }),
  aTransfer(13, { status: "partially_reversed", reversed_cents: 810 }),
  aTransfer(12, { status: "reversed", reversed_cents: 2699 }),
  aTransfer(11, { recovered_cents: 1350 }),
  aTransfer(10, { status: "partially_reversed", reversed_cents: 405, recovered_cents: 5 }),
  aTransfer(9, { ...unsent, status: "reversed", amount_cents: 0 }),
]

const anItem = (number: number, change: Partial<OrderItem> = {}): OrderItem => ({
  id: id("f610", number),
  product_id: id("f000", number),
  title: "Night drive",
  type: "album",
  seller_id: aUser.id,
  seller_username: aUser.username,
  license: null,
  quantity: 1,
  unit_price_cents: 499,
  total_cents: 499,
  refunded_cents: 0,
  ...change,
})

const anOrder = (change: Partial<Order> = {}): Order => ({
  id: id("f600", 4),
  number: "VZ-001204",
  buyer_username: "ines",
  status: "completed",
  items: [
    anItem(1),
    anItem(2, {
      title: "Concrete garden",
      type: "beat",
      license: { id: id("f400", 1), name: "MP3 lease", exclusive: false, terms: "" },
      unit_price_cents: 2500,
      total_cents: 2500,
    }),
  ],
  buyer_id: id("a000", 21),
  total_cents: 2999,
  refunded_cents: 0,
  refunds: [],
  dispute: null,
  payment: null,
  billing: null,
  invoice_number: null,
  timeline: [],
  expires_at: null,
  currency: "EUR",
  created_at: "2026-02-05T20:00:00Z",
  completed_at: "2026-02-05T20:00:02Z",
  ...change,
})

function aSale(number: number, change: Partial<Sale> = {}): Sale {
  const { items, status, currency, created_at, completed_at } = anOrder()
  return {
    items,
    status,
    currency,
    created_at,
    completed_at,
    id: id("f600", number),
    number: `VZ-00${1200 + number}`,
    buyer_id: id("a000", 20 + number),
    buyer_username: ["ines", "reverb_talk", "studio_k"][number % 3] ?? "ines",
    gross_cents: 2999,
    fee_cents: 300,
    net_cents: 2699,
    refunded_cents: 0,
    ...change,
  }
}

const someSales = (): Sale[] => [
  aSale(7, { status: "refund_pending" }),
  aSale(6, {
    items: [anItem(6, { title: "Mixing, per song", quantity: 2, unit_price_cents: 12_000, total_cents: 24_000 })],
    gross_cents: 24_000,
    fee_cents: 2400,
    net_cents: 21_600,
  }),
  aSale(5),
  aSale(4, { status: "refunded", refunded_cents: 2999 }),
]

/** One that a bank looks into, and one of which something is left. */
export const someSalesBack = (): Sale[] => [
  aSale(9, { status: "disputed" }),
  aSale(8, {
    status: "partially_refunded",
    refunded_cents: 499,
    items: [anItem(8, { refunded_cents: 499 }), anItem(9)],
  }),
]

export const pageOf = <Name extends string, Row>(name: Name, rows: Row[], total = rows.length, offset = 0) =>
  ok({ [name]: rows, total, limit: 50, offset })

export const moneyHandlers = [
  answer("get", "/sell/balance", () => ok(aBalance())),
  answer("get", "/sell/connect", () => ok(aConnection())),
  answer("post", "/sell/connect/refresh", () => ok(aConnection())),
  answer("post", "/sell/connect/onboard", () => ok({ onboarding_url: "https://provider.example/onboard/once" })),
  answer("get", "/sell/stats", () => ok(someStats())),
  answer("get", "/sell/transfers", () => pageOf("transfers", someTransfers())),
  answer("get", "/sell/orders", () => pageOf("orders", someSales())),
  answer("get", "/marketplace/orders/:id", () => ok(anOrder())),
]
