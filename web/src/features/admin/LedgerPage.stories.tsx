// The books, and whether they agree.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, within } from "storybook/test"
import { aDifference, adminHandlers, aLedger, asAdmin } from "../../testing/admin"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
import { LedgerPage } from "./LedgerPage"

const meta = {
  title: "Admin/Ledger",
  component: LedgerPage,
  parameters: { ...withApi(...adminHandlers), at: "/admin/ledger" },
  beforeEach: asAdmin,
} satisfies Meta<typeof LedgerPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("All agrees")).toBeVisible()
    await expect(canvas.getByText("€1,713.00")).toBeVisible()
    await expect(canvas.getAllByText("€0.00")).toHaveLength(2)
  },
}

export const Differs: Story = {
  parameters: withApi(
    answer("get", "/admin/ledger", () => ok(aDifference())),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Something differs")).toBeVisible()
    await expect(canvas.getByText("€26.99")).toBeVisible()
    await expect(canvas.getByText(/^transfer_not_at_provider/)).toBeVisible()
  },
}

const checked = fn()

/** Checking waits for the outcome, and says it. */
export const Checked: Story = {
  parameters: withApi(
    answer("get", "/admin/ledger", () =>
      ok(checked.mock.calls.length > 0 ? aDifference() : aLedger({ last_check: null })),
    ),
    answer("post", "/admin/ledger/check", () => {
      checked()
      return ok({ ...aDifference().last_check, asked: 12, unanswered: 0 })
    }),
  ),
  beforeEach: () => void checked.mockClear(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Not checked yet")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Check now" }))
    await expect(await within(document.body).findByText(/Checked: something differs/)).toBeVisible()
    await expect(await canvas.findByText("A paid order is not in the ledger.")).toBeVisible()
  },
}

/** Silence of a provider is no difference, and no agreement. */
export const Unanswered: Story = {
  parameters: withApi(
    answer("post", "/admin/ledger/check", () => ok({ ...aLedger().last_check, asked: 12, unanswered: 3 })),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await canvas.findByText("All agrees")
    await userEvent.click(canvas.getByRole("button", { name: "Check now" }))
    await expect(await within(document.body).findByText(/did not answer for 3/)).toBeVisible()
  },
}

export const CheckFailed: Story = {
  parameters: withApi(
    answer("post", "/admin/ledger/check", () => fail(503, { error: "The provider is away." })),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await canvas.findByText("All agrees")
    await userEvent.click(canvas.getByRole("button", { name: "Check now" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The provider is away.")
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", "/admin/ledger", () => ok({ balances: [], last_check: null }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing was booked yet.")).toBeVisible()
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...adminHandlers) },
  play: async ({ canvas }) => {
    await canvas.findByText("All agrees")
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/admin/ledger", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/admin/ledger", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
