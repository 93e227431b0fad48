// One order in all its states, as its buyer, a seller in it and an admin see it.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../lib/session"
import type { Order, User } from "../../lib/types"
import { aUser } from "../../testing/fixtures"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import {
  ALBUM,
  anInitiated,
  anOrder,
  anOrderItem,
  aPaper,
  aRefund,
  aRefundable,
  CHECKOUT_URL,
  FREE,
  SERVICE,
} from "../../testing/orders"
import { ON_PHONE } from "../../testing/phone"
import { OrderPage } from "./OrderPage"

const ORDER = "/marketplace/orders/:id"
const leave = fn()
const showing = (change: Partial<Order>, ...own: Parameters<typeof withApi>) =>
  withApi(
    ...own,
    answer("get", ORDER, () => ok(anOrder(change))),
  )
const signIn = (change: Partial<User> = {}): void =>
  session.adopt({ user: { ...aUser, ...change }, access_token: "not-a-token" })

const meta = {
  title: "Pages/Order",
  component: OrderPage,
  args: { orderId: anOrder().id, isReturn: false, leave, again: () => <button type="button">Again</button> },
  beforeEach: () => {
    leave.mockClear()
    signIn()
  },
} satisfies Meta<typeof OrderPage>

export default meta
type Story = StoryObj<typeof meta>

/** Not paid: it can be, and it can be cancelled. */
export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: "Order V26-000128" })).toBeVisible()
    await expect(document.title).toBe("Order V26-000128 · Veza")
    await expect(canvas.getByText(/It can be paid until/)).toBeVisible()
    await expect(canvas.getByText("Order placed")).toBeVisible()
    await expect(canvas.queryByRole("link", { name: /Download/ })).toBeNull()
    await userEvent.click(canvas.getByRole("button", { name: "Pay €35.50" }))
    await waitFor(() => expect(leave).toHaveBeenCalledWith(CHECKOUT_URL))
  },
}

let asked = 0

/** Back from the provider's page, whose word in the address counts for nothing: the order is asked for until it stands. */
export const Returns: Story = {
  args: { isReturn: true },
  beforeEach: () => {
    asked = 0
  },
  parameters: withApi(answer("get", ORDER, () => ok(anOrder({ status: asked++ < 2 ? "pending" : "completed" })))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Waiting for the provider’s word")).toBeVisible()
    await expect(canvas.queryByRole("button", { name: /Pay/ })).toBeNull()
    await expect(await canvas.findByText("Paid. Thank you")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "Go to your library" })).toHaveAttribute("href", "/library")
    await expect(canvas.getAllByRole("link", { name: /^Download/ })).toHaveLength(3)
  },
}

export const Waiting: Story = {
  args: { isReturn: true },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Waiting for the provider’s word")).toBeVisible()
  },
}

/** It takes long: one may leave, or go back to paying. */
export const WaitingLong: Story = {
  args: { isReturn: true, lateAfter_ms: 0 },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/This takes longer than usual/)).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Pay €35.50" })).toBeVisible()
  },
}

export const Paid: Story = {
  parameters: showing({
    status: "completed",
    billing: { name: "Nova Records", address: "4 Quai Sud\n13002 Marseille", country: "FR", vat_id: "FR00000000000" },
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Paid. Thank you")).toBeVisible()
    await expect(canvas.getByText(/France/)).toBeVisible()
    await expect(await canvas.findByText(/^Until .*, for what was not downloaded\.$/)).toHaveTextContent(
      "Until Feb 15, 2026,",
    )
    await expect(canvas.queryByRole("button", { name: /Pay|Cancel/ })).toBeNull()
  },
}

export const FreeOne: Story = {
  parameters: showing({ status: "completed", items: [anOrderItem(1, FREE)] }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("It is yours")).toBeVisible()
  },
}

/** Nothing to download: the seller does something. */
export const ServiceOnly: Story = {
  parameters: showing({ status: "completed", items: [anOrderItem(1, SERVICE, { quantity: 2 })] }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The seller knows of your order.")).toBeVisible()
    await expect(canvas.getByText("2 × €120.00")).toBeVisible()
    await expect(canvas.queryByRole("link", { name: "Go to your library" })).toBeNull()
  },
}

export const Failed: Story = {
  args: { isReturn: true },
  parameters: showing({ status: "failed" }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The payment failed", { selector: "[role=status] *" })).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Pay €35.50 again" }))
    await waitFor(() => expect(leave).toHaveBeenCalledWith(CHECKOUT_URL))
  },
}

/** The provider does not answer, or does so without a page to pay on. */
export const PayRefused: Story = {
  parameters: withApi(
    answer("post", `${ORDER}/pay`, () =>
      fail(503, { code: "provider_unavailable", error: "The payment provider does not answer." }),
    ),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Pay €35.50" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("does not answer")
    await expect(leave).not.toHaveBeenCalled()
  },
}

let isPaid = false

/** Paid in another tab: the page says so instead of paying again. */
export const PaidElsewhere: Story = {
  beforeEach: () => {
    isPaid = false
  },
  parameters: withApi(
    answer("post", `${ORDER}/pay`, () => {
      isPaid = true
      return fail(409, { code: "already_paid", error: "This order is paid." })
    }),
    answer("get", ORDER, () => ok(anOrder({ status: isPaid ? "completed" : "pending" }))),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Pay €35.50" }))
    await expect(await canvas.findByText("Paid. Thank you")).toBeVisible()
  },
}

let isCancelled = false

/** Cancelling asks first. */
export const Cancels: Story = {
  beforeEach: () => {
    isCancelled = false
  },
  parameters: withApi(
    answer("post", `${ORDER}/cancel`, () => {
      isCancelled = true
      return ok(anOrder({ status: "cancelled" }))
    }),
    answer("get", ORDER, () => ok(anOrder({ status: isCancelled ? "cancelled" : "pending" }))),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Cancel the order" }))
    const question = within(await within(document.body).findByRole("alertdialog", { name: "Cancel this order?" }))
    await userEvent.click(question.getByRole("button", { name: "Cancel the order" }))
    await expect(await canvas.findByText("This order is cancelled")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Again" })).toBeVisible()
  },
}

export const NotCancellable: Story = {
  parameters: withApi(
    answer("post", `${ORDER}/cancel`, () =>
      fail(409, { code: "not_cancellable", error: "Only an order that is not paid can be cancelled." }),
    ),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Cancel the order" }))
    const question = within(await within(document.body).findByRole("alertdialog"))
    await userEvent.click(question.getByRole("button", { name: "Cancel the order" }))
    await expect(await question.findByRole("alert")).toHaveTextContent("Only an order that is not paid")
  },
}

export const Expired: Story = {
  parameters: showing({ status: "expired" }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("What was in it can be ordered again.")).toBeVisible()
  },
}

/** Money came for what could no longer be had, and went back. */
export const MoneyWentBack: Story = {
  parameters: showing({
    status: "cancelled",
    timeline: [
      { kind: "placed", created_at: "2026-02-01T18:20:00Z", details: {} },
      { kind: "payment_failed", created_at: "2026-02-01T18:22:00Z", details: {} },
      { kind: "payment_returning", created_at: "2026-02-01T18:31:00Z", details: { reason: "sold_out" } },
      {
        kind: "payment_returned",
        created_at: "2026-02-01T18:32:00Z",
        details: { reason: "sold_out", amount_cents: 3550 },
      },
      { kind: "something_new", created_at: "2026-02-01T18:33:00Z", details: {} },
    ],
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("€35.50 went back")).toBeVisible()
    await expect(canvas.getAllByText("The exclusive licence was sold meanwhile.")).toHaveLength(2)
    await expect(canvas.getByText("something new")).toBeVisible()
  },
}

const paid = (change: Partial<Order> = {}): Partial<Order> => ({ status: "completed", ...change })
const saved = fn()

/** Nobody's browser keeps a file here: what would be saved, and as what, is noted. */
const noting = (): (() => void) => {
  saved.mockClear()
  const { click } = HTMLAnchorElement.prototype
  HTMLAnchorElement.prototype.click = function noted() {
    if (this.download) saved(this.download)
    else click.call(this)
  }
  return () => {
    HTMLAnchorElement.prototype.click = click
  }
}

let askedForPaper = 0

/** An invoice that is being made is waited for, and then comes by itself. */
export const InvoiceBeingMade: Story = {
  beforeEach: () => {
    askedForPaper = 0
    return noting()
  },
  parameters: withApi(
    answer("get", `${ORDER}/invoice`, () =>
      askedForPaper++ === 0 ? fail(503, { code: "document_pending", error: "It is being made." }) : aPaper(),
    ),
    answer("get", ORDER, () => ok(anOrder(paid()))),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Download invoice INV-2026-000042" }))
    await expect(await canvas.findByText(/The download begins by itself/)).toBeVisible()
    await waitFor(() => expect(saved).toHaveBeenCalledWith("invoice-INV-2026-000042.pdf"))
    await waitFor(() => expect(canvas.queryByText(/The download begins by itself/)).toBeNull())
  },
}

export const NoInvoice: Story = {
  parameters: showing(paid({ invoice_number: null })),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Paid. Thank you")).toBeVisible()
    await expect(canvas.queryByRole("heading", { name: "Invoice" })).toBeNull()
  },
}

export const InvoiceGone: Story = {
  parameters: withApi(
    answer("get", `${ORDER}/invoice`, () => fail(404, { code: "not_found" })),
    answer("get", ORDER, () => ok(anOrder(paid()))),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: /^Download invoice/ }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("There is no such paper")
  },
}

/** Asked for: under way, then the page says by itself that it is through. */
let refundAsked = false
let seenPending = 0
const [ALBUM_LINE, SERVICE_LINE] = [anOrderItem(1, ALBUM), anOrderItem(2, SERVICE)]
const at = (minute: number): string => `2026-02-03T09:0${minute}:00Z`
const wanted = { refund_id: aRefund(1).id, amount_cents: 900 }
const STEPS = [
  { kind: "placed", created_at: "2026-02-01T18:20:00Z", details: {} },
  { kind: "completed", created_at: "2026-02-01T18:21:00Z", details: {} },
  { kind: "refund_requested", created_at: at(0), details: wanted },
]
const onItsWay = (): Order =>
  anOrder({
    status: "refund_pending",
    items: [ALBUM_LINE, SERVICE_LINE],
    refunds: [aRefund(1, { status: "pending", requested_by: "buyer", credit_note_number: null, settled_at: null })],
    timeline: STEPS,
  })
const partly = (change: Partial<Order> = {}): Order =>
  anOrder({
    status: "partially_refunded",
    refunded_cents: 900,
    items: [{ ...ALBUM_LINE, refunded_cents: 900 }, SERVICE_LINE],
    refunds: [aRefund(1, { requested_by: "buyer", details: "It hums.\nAll of it." })],
    timeline: [...STEPS, { kind: "refund_succeeded", created_at: at(1), details: wanted }],
    ...change,
  })
const following = (): Order => {
  if (!refundAsked) return anOrder(paid({ items: [ALBUM_LINE, SERVICE_LINE] }))
  seenPending += 1
  return seenPending < 3 ? onItsWay() : partly()
}

export const Refunds: Story = {
  beforeEach: () => {
    refundAsked = false
    seenPending = 0
    return noting()
  },
  parameters: withApi(
    answer("get", `${ORDER}/refund`, () => ok(aRefundable(following().items))),
    answer("post", `${ORDER}/refund`, () => {
      refundAsked = true
      return ok(anInitiated())
    }),
    answer("get", ORDER, () => ok(following())),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Ask for a refund" }))
    const dialog = within(await within(document.body).findByRole("dialog"))
    await userEvent.click(await dialog.findByRole("checkbox", { name: /Night drive/ }))
    await userEvent.selectOptions(dialog.getByLabelText("Why"), "Not as described")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for €9.00 back" }))
    await expect(await canvas.findByText("A refund is on its way")).toBeVisible()
    await waitFor(() => expect(canvas.getByRole("heading", { name: "Refunds" })).toHaveFocus())
    await expect(await canvas.findByText("€9.00 of it went back")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Download credit note CN-2026-000001" }))
    await waitFor(() => expect(saved).toHaveBeenCalledWith("credit-note-CN-2026-000001.pdf"))
  },
}

export const RefundPending: Story = {
  parameters: withApi(
    answer("get", `${ORDER}/refund`, () =>
      ok(aRefundable([ALBUM_LINE], { 0: { code: "refund_in_progress", message: "." } })),
    ),
    answer("get", ORDER, () => ok(onItsWay())),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("A refund is on its way")).toBeVisible()
    await expect(canvas.getByText("Goes back: it cannot be downloaded now.")).toBeVisible()
    await expect(canvas.queryByRole("link", { name: /^Download/ })).toBeNull()
    await expect(await canvas.findByText(/Wait until it is through/)).toBeVisible()
    await expect(canvas.queryByRole("button", { name: /refund|credit note/ })).toBeNull()
  },
}

export const Refunded: Story = {
  parameters: withApi(answer("get", ORDER, () => ok(partly()))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("€9.00 of it went back")).toBeVisible()
    await expect(canvas.getByRole("heading", { name: "Refunds" })).toBeVisible()
    await expect(canvas.getByText("Refund of €9.00 asked for")).toBeVisible()
    await expect(canvas.getByText("€9.00 went back")).toBeVisible()
    await expect(canvas.queryByRole("link", { name: /^Download/ })).toBeNull()
  },
}

export const FullyRefunded: Story = {
  parameters: withApi(
    answer("get", `${ORDER}/refund`, () => ok(aRefundable([{ ...ALBUM_LINE, refunded_cents: 900 }]))),
    answer("get", ORDER, () =>
      ok(partly({ status: "refunded", items: [{ ...ALBUM_LINE, refunded_cents: 900 }], total_cents: 900 })),
    ),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("All of it went back")).toBeVisible()
    await expect(canvas.queryByRole("button", { name: "Ask for a refund" })).toBeNull()
    await expect(canvas.queryByText(/Nothing is left/)).toBeNull()
  },
}

/** It failed once, by the provider's word; the seller gave it back later, and a bank took the rest. */
export const ManyRefunds: Story = {
  parameters: withApi(
    answer("get", `${ORDER}/refund`, () => ok(aRefundable([]))),
    answer("get", ORDER, () =>
      ok(
        partly({
          status: "refunded",
          refunded_cents: 12_900,
          dispute: { status: "lost", amount_cents: 12_000, opened_at: "2026-02-10T08:00:00Z" },
          refunds: [
            aRefund(1, { status: "failed", requested_by: "buyer", credit_note_number: null }),
            aRefund(2),
            aRefund(3, {
              requested_by: "dispute",
              amount_cents: 12_000,
              items: [{ item_id: SERVICE_LINE.id, amount_cents: 12_000 }],
            }),
          ],
          timeline: [
            ...STEPS,
            { kind: "refund_failed", created_at: at(1), details: wanted },
            { kind: "refund_succeeded", created_at: at(2), details: { ...wanted, refund_id: aRefund(2).id } },
            { kind: "dispute_opened", created_at: "2026-02-10T08:00:00Z", details: { amount_cents: 12_000 } },
            { kind: "dispute_lost", created_at: "2026-03-02T08:00:00Z", details: { amount_cents: 12_000 } },
          ],
        }),
      ),
    ),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The refund of €9.00 failed")).toBeVisible()
    await expect(canvas.getByText(/The payment provider could not send it/)).toBeVisible()
    await expect(canvas.getByText("The bank took €120.00 back")).toBeVisible()
    await expect(canvas.getByText("The money went back")).toBeVisible()
    await expect(canvas.getAllByRole("button", { name: /^Download credit note/ })).toHaveLength(2)
  },
}

const DISPUTE = { status: "opened", amount_cents: 2999, opened_at: "2026-02-10T08:00:00Z" }
const disputed = (change: Partial<Order> = {}) =>
  withApi(
    answer("get", `${ORDER}/refund`, () =>
      ok(aRefundable([ALBUM_LINE], { 0: { code: "order_disputed", message: "." } })),
    ),
    answer("get", ORDER, () =>
      ok(
        anOrder({
          status: "disputed",
          dispute: DISPUTE,
          timeline: [
            ...STEPS.slice(0, 2),
            { kind: "dispute_opened", created_at: DISPUTE.opened_at, details: { amount_cents: 2999 } },
          ],
          ...change,
        }),
      ),
    ),
  )

export const Disputed: Story = {
  parameters: disputed(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The payment is disputed")).toBeVisible()
    await expect(canvas.getByRole("heading", { name: "Dispute with the bank" })).toBeVisible()
    await expect(canvas.getByText("€29.99 disputed with the bank")).toBeVisible()
    await expect(canvas.queryByRole("heading", { name: "Refunds" })).toBeNull()
    await expect(canvas.queryByRole("link", { name: /library|^Download/ })).toBeNull()
  },
}

export const DisputedAsSeller: Story = {
  beforeEach: () => signIn({ id: ALBUM.seller.id, username: ALBUM.seller.username }),
  parameters: disputed({ items: [ALBUM_LINE], buyer_id: "another", buyer_username: "ines", invoice_number: null }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/ines disputes €29.99 of this payment/)).toBeVisible()
    await expect(canvas.getByText(/your share of it is taken back, too/)).toBeVisible()
    await expect(canvas.queryByRole("heading", { name: "Invoice" })).toBeNull()
  },
}

export const DisputedAsAdmin: Story = {
  beforeEach: () => signIn({ id: "another", username: "root", role: "admin" }),
  parameters: disputed(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/Answer it at the payment provider/)).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Download invoice INV-2026-000042" })).toBeVisible()
  },
}

/** The bank let it stand: everything is as before, and what happened stays told. */
export const DisputeWon: Story = {
  parameters: showing(
    paid({
      dispute: { ...DISPUTE, status: "won" },
      timeline: [...STEPS.slice(0, 2), { kind: "dispute_won", created_at: at(5), details: { amount_cents: 2999 } }],
    }),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The payment stands")).toBeVisible()
    await expect(canvas.getByText("The bank let the payment stand")).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Ask for a refund" })).toBeVisible()
  },
}

export const RefundsUnreadable: Story = {
  parameters: withApi(
    answer("get", `${ORDER}/refund`, () => fail(503, { error: "Busy." })),
    answer("get", ORDER, () => ok(anOrder(paid()))),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("What can go back could not be read")).toBeVisible()
    await expect(canvas.getByText("Paid. Thank you")).toBeVisible()
  },
}

/** A seller in it: their own lines, no billing, nothing to pay. */
export const AsSeller: Story = {
  beforeEach: () => signIn({ id: ALBUM.seller.id, username: ALBUM.seller.username }),
  parameters: showing({ status: "completed", items: [anOrderItem(1, ALBUM)], total_cents: 3550 }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Your part")).toBeVisible()
    await expect(canvas.getByText("The whole order")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "nova" })).toHaveAttribute("href", "/u/nova")
    await expect(canvas.queryByRole("link", { name: /library|Download/ })).toBeNull()
    await expect(await canvas.findByRole("button", { name: "Give money back" })).toBeVisible()
  },
}

export const AsAdmin: Story = {
  beforeEach: () => signIn({ id: "another", username: "root", role: "admin" }),
  parameters: showing({ status: "failed", payment: null }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/bought by/)).toBeVisible()
    await expect(canvas.queryByText("Your part")).toBeNull()
    await expect(canvas.queryByRole("button", { name: /Pay|Cancel/ })).toBeNull()
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  args: { isReturn: true, lateAfter_ms: 0 },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/This takes longer than usual/)).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

/** Long names, several sellers, refunds and papers, in another language, on a phone. */
export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  parameters: {
    ...ON_PHONE.parameters,
    ...withApi(
      answer("get", ORDER, () =>
        ok(
          partly({
            items: [
              {
                ...ALBUM_LINE,
                refunded_cents: 900,
                title: "A title that goes on for much longer than a sleeve, and_then_some_without_a_single_space_in_it",
                seller_username: "a_name_of_thirty_characters_30",
              },
              SERVICE_LINE,
            ],
            dispute: { ...DISPUTE, status: "challenged" },
          }),
        ),
      ),
    ),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Litige avec la banque")).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Demander un remboursement" })).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const NotFound: Story = {
  parameters: withApi(answer("get", ORDER, () => fail(404, { code: "not_found", error: "No such order." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("There is no such order")).toBeVisible()
    await expect(document.title).toBe("No such order · Veza")
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", ORDER, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", ORDER, () => fail(503, { error: "Busy." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }
