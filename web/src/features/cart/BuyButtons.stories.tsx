// Buying from a product's page.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../lib/session"
import { aUser } from "../../testing/fixtures"
import { answer, fail, ok, withApi } from "../../testing/handlers"
import { ALBUM, anOrder, anOrderItem, BEAT, FREE, fillCart, lineOf, SERVICE } from "../../testing/orders"
import { ON_PHONE } from "../../testing/phone"
import { BuyButtons } from "./BuyButtons"
import { LINES_MAX } from "./cart"

const config = (mode: string) =>
  answer("get", "/config", () => ok({ version: "0.0.0", currency: "EUR", payments: { mode } }))
const open = config("live")
const ORDERS = "/marketplace/orders"
const kept = (): unknown[] => JSON.parse(localStorage.getItem("veza.cart") ?? "[]")

const meta = {
  title: "Shop/Buy",
  component: BuyButtons,
  args: { product: ALBUM, license: undefined, short: false },
  parameters: { ...withApi(open), layout: "padded" },
  decorators: [
    (Story) => (
      <div className="grid max-w-80 gap-4">
        <Story />
      </div>
    ),
  ],
  beforeEach: () => {
    sessionStorage.clear()
    session.adopt({ user: aUser, access_token: "not-a-token" })
  },
} satisfies Meta<typeof BuyButtons>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Add to cart" }))
    await expect(await canvas.findByRole("link", { name: "In your cart" })).toHaveAttribute("href", "/cart")
    await expect(await within(document.body).findByText("It is in your cart.")).toBeVisible()
    await expect(kept()).toEqual([lineOf(ALBUM)])
  },
}

/** Straight on to the cart. */
export const Buys: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Buy" }))
    await expect(kept()).toEqual([lineOf(ALBUM)])
  },
}

/** A licence goes with it; another one of the same work is another line. */
export const Licence: Story = {
  args: { product: BEAT, license: BEAT.licenses[1] },
  beforeEach: () => fillCart(lineOf(BEAT)),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Add to cart" }))
    await expect(kept()).toEqual([lineOf(BEAT), lineOf(BEAT, { license_id: BEAT.licenses[1]?.id ?? "" })])
  },
}

export const Service: Story = {
  args: { product: SERVICE },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Add to cart" }))
    await expect(kept()).toEqual([lineOf(SERVICE)])
    await expect(kept()[0]).toHaveProperty("is_service", true)
  },
}

export const InCart: Story = {
  beforeEach: () => fillCart(lineOf(ALBUM)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "In your cart" })).toBeVisible()
    await expect(canvas.queryByRole("button", { name: "Buy" })).toBeNull()
  },
}

export const CartFull: Story = {
  beforeEach: () => {
    const lines = Array.from({ length: LINES_MAX }, (_, at) => ({ ...lineOf(ALBUM), product_id: `p${at}` }))
    fillCart(...lines)
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Add to cart" }))
    await expect(await within(document.body).findByText(/The cart is full: it holds 50 works/)).toBeVisible()
    await expect(kept()).toHaveLength(LINES_MAX)
  },
}

const bodies: unknown[] = []

/** What is free is ordered at once, and never stands in the cart. */
export const Free: Story = {
  args: { product: FREE },
  parameters: withApi(
    config("disabled"),
    answer("post", ORDERS, () => {
      bodies.push(1)
      return ok(anOrder({ status: "completed", items: [anOrderItem(1, FREE)] }), 201)
    }),
  ),
  beforeEach: () => {
    bodies.length = 0
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Get it free" }))
    await waitFor(() => expect(bodies).toHaveLength(1))
    await expect(kept()).toEqual([])
  },
}

export const FreeRefused: Story = {
  args: { product: FREE },
  parameters: withApi(
    open,
    answer("post", ORDERS, () => fail(409, { code: "already_owned", error: "You own this already." })),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Get it free" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("You own this already.")
  },
}

/** The server takes no payments. */
export const Closed: Story = {
  parameters: withApi(config("disabled")),
  play: async ({ canvas }) => {
    const buy = await canvas.findByRole("button", { name: "Buy — not open on this server yet" })
    await expect(buy).toHaveAttribute("aria-disabled", "true")
    await expect(buy).toHaveAccessibleDescription(/Nothing can be ordered here/)
  },
}

/** Beside the price, in the bar of phones. */
export const Short: Story = {
  ...ON_PHONE,
  args: { short: true },
  parameters: { ...ON_PHONE.parameters, ...withApi(open) },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: "Add to cart" })).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Buy" })).toBeVisible()
  },
}
