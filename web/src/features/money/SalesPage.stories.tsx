// A seller's sales.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent } from "storybook/test"
import { answer, fail, never, withApi } from "../../testing/handlers"
import { moneyHandlers, pageOf, someSalesBack } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { signedIn } from "../../testing/selling"
import { SalesPage } from "./SalesPage"

const LIST = "/sell/orders"

const meta = {
  title: "Money/Sales",
  component: SalesPage,
  parameters: { ...withApi(...moneyHandlers), at: "/sell/sales" },
  beforeEach: signedIn,
} satisfies Meta<typeof SalesPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("4 sales")).toBeVisible()
    await expect(canvas.getByText("€216.00")).toBeVisible()
    await expect(canvas.getByText("Refund on its way")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Lines: VZ-001206" }))
    await expect(canvas.getByText("× 2")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "VZ-001206" })).toHaveAttribute(
      "href",
      "/orders/0190f600-0000-7000-8000-000000000006",
    )
  },
}

/** What of a sale can go back has the way to it under its lines; nothing is to be given back of a disputed one. */
export const Refundable: Story = {
  args: { refund: ({ number }) => <button type="button">{`Give back ${number}`}</button> },
  parameters: withApi(
    answer("get", LIST, () => pageOf("orders", someSalesBack())),
    ...moneyHandlers,
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Lines: VZ-001208" }))
    await expect(canvas.getByRole("button", { name: "Give back VZ-001208" })).toBeVisible()
    await expect(canvas.getByText("€4.99 refunded")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Lines: VZ-001209" }))
    await expect(canvas.queryByRole("button", { name: "Give back VZ-001209" })).toBeNull()
    await expect(canvas.getByText(/The buyer disputes this payment with their bank/)).toBeVisible()
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...moneyHandlers) },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Lines: VZ-001205" }))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", LIST, () => pageOf("orders", []))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No sales yet")).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", LIST, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", LIST, () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
