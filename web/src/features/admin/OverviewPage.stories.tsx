// The first look of an admin.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, userEvent, waitFor } from "storybook/test"
import { aDifference, adminHandlers, asAdmin } from "../../testing/admin"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { pageOf } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { OverviewPage } from "./OverviewPage"

const meta = {
  title: "Admin/Overview",
  component: OverviewPage,
  parameters: { ...withApi(...adminHandlers), at: "/admin" },
  beforeEach: asAdmin,
} satisfies Meta<typeof OverviewPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("All agrees")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "Needs a look" })).toHaveAttribute(
      "href",
      "/admin/webhooks?status=flagged",
    )
    await waitFor(() => expect(canvas.getAllByText("7")).toHaveLength(3))
  },
}

export const Calm: Story = {
  parameters: withApi(
    answer("get", "/admin/transfers", () => pageOf("transfers", [])),
    answer("get", "/admin/webhooks", () => pageOf("events", [])),
    answer("get", "/admin/orders", () => pageOf("orders", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByText("0")).toHaveLength(9))
  },
}

export const Differs: Story = {
  parameters: withApi(
    answer("get", "/admin/ledger", () => ok(aDifference())),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Something differs")).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(http.get("/api/v1/admin/*", never as never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: "Admin" })).toBeVisible()
  },
}

let isAway = true

/** Each figure stands for itself: what could not be read is asked for again alone. */
const ErrorStory: Story = {
  parameters: withApi(
    answer("get", "/admin/ledger", () => (isAway ? fail(503) : ok(aDifference()))),
    ...adminHandlers,
  ),
  beforeEach: () => {
    isAway = true
  },
  play: async ({ canvas }) => {
    const again = await canvas.findByRole("button", { name: "Not read. Try again" })
    isAway = false
    await userEvent.click(again)
    await expect(await canvas.findByText("Something differs")).toBeVisible()
  },
}

export { ErrorStory as Error }

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...adminHandlers) },
  play: async ({ canvas }) => {
    await canvas.findByText("All agrees")
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}
