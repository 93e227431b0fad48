// One order in all its states, as its buyer, a seller in it and an admin see it.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../lib/session"
import type { Order, User } from "../../lib/types"
import { aUser } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ALBUM, anOrder, anOrderItem, CHECKOUT_URL, FREE, SERVICE } from "../../testing/orders"
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

export const Refunded: Story = {
  parameters: showing({
    status: "partially_refunded",
    refunded_cents: 900,
    items: [anOrderItem(1, ALBUM, { refunded_cents: 900 }), anOrderItem(2, SERVICE)],
    refunds: [
      {
        id: "r1",
        status: "succeeded",
        amount_cents: 900,
        currency: "EUR",
        reason: "Not as described",
        details: null,
        requested_by: "seller",
        items: [],
        credit_note_number: null,
        created_at: "2026-02-03T09:00:00Z",
        settled_at: "2026-02-03T09:00:05Z",
      },
    ],
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("€9.00 of it went back")).toBeVisible()
    await expect(canvas.getByRole("heading", { name: "Refunds" })).toBeVisible()
    await expect(canvas.queryByRole("link", { name: /^Download/ })).toBeNull()
  },
}

export const Disputed: Story = {
  parameters: showing({ status: "disputed" }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The payment is disputed")).toBeVisible()
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
