// All orders, narrowed and opened.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent } from "storybook/test"
import { adminHandlers, asAdmin } from "../../testing/admin"
import { answer, fail, never, withApi } from "../../testing/handlers"
import { pageOf } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { OrdersPage } from "./OrdersPage"

const meta = {
  title: "Admin/Orders",
  component: OrdersPage,
  args: { filter: {}, onFilter: fn() },
  parameters: { ...withApi(...adminHandlers), at: "/admin/orders" },
  beforeEach: asAdmin,
} satisfies Meta<typeof OrdersPage>

export default meta
type Story = StoryObj<typeof meta>

const FILTER = { status: "disputed", buyer_id: "0190a000-0000-7000-8000-000000000021" } as const

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("5 orders")).toBeVisible()
    await expect(canvas.getByText("€1,284.50")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "VZ-001204" })).toHaveAttribute(
      "href",
      "/orders/0190f600-0000-7000-8000-000000000004",
    )
  },
}

/** Words are searched for when they are sent; a narrowing that came by a link has a way out. */
export const Filtered: Story = {
  args: { filter: FILTER },
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByText("djamilah")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "No longer only: Bought by" }))
    await expect(args.onFilter).toHaveBeenLastCalledWith({ status: "disputed", buyer_id: undefined })
    await userEvent.type(canvas.getByRole("searchbox"), "VZ-001204{Enter}")
    await expect(args.onFilter).toHaveBeenLastCalledWith({ ...FILTER, search: "VZ-001204" })
    await userEvent.selectOptions(canvas.getByLabelText("Status"), "Paid")
    await expect(args.onFilter).toHaveBeenLastCalledWith({ ...FILTER, status: "completed" })
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...adminHandlers) },
  play: async ({ canvas }) => {
    await canvas.findByText("5 orders")
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(
    answer("get", "/admin/orders", () => pageOf("orders", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No orders yet")).toBeVisible()
  },
}

export const NothingFound: Story = {
  args: { filter: FILTER },
  parameters: withApi(
    answer("get", "/admin/orders", () => pageOf("orders", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show all" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/admin/orders", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/admin/orders", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
