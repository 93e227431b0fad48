// What I ordered.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, userEvent, waitFor } from "storybook/test"
import { session } from "../../lib/session"
import { aUser } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ALBUM, anOrder, anOrderItem, anOrderPage, someOrders } from "../../testing/orders"
import { ON_PHONE } from "../../testing/phone"
import { OrdersPage } from "./OrdersPage"

const LIST = "/marketplace/orders"

const meta = {
  title: "Pages/Orders",
  component: OrdersPage,
  beforeEach: () => session.adopt({ user: aUser, access_token: "not-a-token" }),
} satisfies Meta<typeof OrdersPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    const first = await canvas.findByRole("link", { name: `${ALBUM.title} and 2 more` })
    await expect(first).toHaveAttribute("href", `/orders/${someOrders()[0]?.id}`)
    await expect(canvas.getByText("Not paid yet")).toBeVisible()
    await expect(canvas.getByText("€120.00 refunded")).toBeVisible()
    await expect(document.title).toBe("Orders · Veza")
  },
}

export const More: Story = {
  parameters: withApi(
    http.get("/api/v1/marketplace/orders", ({ request }) => {
      const offset = Number(new URL(request.url).searchParams.get("offset"))
      const order = anOrder({ id: `o${offset}`, number: `V26-00000${offset}`, items: [anOrderItem(1, ALBUM)] })
      return ok(anOrderPage({ orders: [order], total: 2, offset })) as never
    }),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Load more" }))
    await waitFor(() => expect(canvas.getAllByRole("listitem")).toHaveLength(2))
    await expect(canvas.queryByRole("button", { name: "Load more" })).toBeNull()
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  play: async ({ canvas }) => {
    await canvas.findByText("Not paid yet")
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", LIST, () => ok(anOrderPage({ orders: [] })))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Go to the shop" })).toHaveAttribute("href", "/shop")
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", LIST, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", LIST, () => fail(503, { error: "Busy." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }
