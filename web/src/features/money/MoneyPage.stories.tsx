// A seller's money, with and without an account to send it to.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { aBalance, aConnection, moneyHandlers, noStats, someStats } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { signedIn } from "../../testing/selling"
import { MoneyPage } from "./MoneyPage"

type Handler = (typeof moneyHandlers)[number]
const withMoney = (...own: Handler[]) => withApi(...own, ...moneyHandlers)
const aYear = answer("get", "/sell/stats", () => ok(someStats(365)))
const unconnected = [
  answer("get", "/sell/balance", () => ok(aBalance({ connected: false, available: 0, onboarding: "none" }))),
  answer("get", "/sell/connect", () => ok(aConnection({ connected: false, onboarding: "none" }))),
]

const meta = {
  title: "Money/Overview",
  component: MoneyPage,
  args: { search: {}, onSearch: fn(), leave: fn() },
  parameters: { ...withMoney(), at: "/sell/money" },
  beforeEach: signedIn,
} satisfies Meta<typeof MoneyPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("€1,284.50")).toBeVisible()
    await expect(canvas.getByText("€53.97")).toBeVisible()
    await expect(await canvas.findByText("Connected")).toBeVisible()
    await expect(await canvas.findByRole("link", { name: "Night drive" })).toHaveAttribute(
      "href",
      "/products/0190f000-0000-7000-8000-000000000001",
    )
    await expect(canvas.getByRole("button", { name: "30 days", pressed: true })).toBeVisible()
  },
}

/** A bar says what it stands for; the same figures stand in a table. */
export const Chart: Story = {
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByText("What sold best")
    const bars = canvasElement.querySelectorAll("[data-bar]")
    await expect(bars).toHaveLength(30)
    const [bar] = bars
    if (bar) await userEvent.hover(bar)
    await expect(canvasElement.querySelector("[data-readout]")).toHaveTextContent("Jan 30, 2026")
    await userEvent.click(canvas.getByRole("button", { name: "Show as a table" }))
    await expect(canvas.getByRole("table", { name: "Earned" })).toBeVisible()
    await expect(canvas.getByRole("cell", { name: /Feb 28, 2026/ })).toBeVisible()
  },
}

/** A year is drawn in weeks, and the other periods are one click away. */
export const Year: Story = {
  args: { search: { days: 365 } },
  parameters: withMoney(aYear),
  play: async ({ canvas, canvasElement, args }) => {
    await canvas.findByText("What sold best")
    await expect(canvasElement.querySelectorAll("[data-bar]")).toHaveLength(53)
    await userEvent.click(canvas.getByRole("button", { name: "90 days" }))
    await expect(args.onSearch).toHaveBeenCalledWith({ days: 90 })
  },
}

/** Nothing connected yet: what is earned is kept, and one button leads to the provider, once. */
export const NotConnected: Story = {
  parameters: withMoney(...unconnected),
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByText("Not connected yet")).toBeVisible()
    await expect(await canvas.findByText(/waiting here until you have a payout account/)).toBeVisible()
    await userEvent.dblClick(canvas.getByRole("button", { name: "Get paid" }))
    await waitFor(() => expect(args.leave).toHaveBeenCalledWith("https://provider.example/onboard/once"))
    await expect(args.leave).toHaveBeenCalledTimes(1)
    await expect(canvas.getByRole("button", { name: "Get paid" })).toHaveAttribute("aria-busy", "true")
  },
}

/** More went back than could be taken: what that means stands beside the balance. */
export const Owes: Story = {
  parameters: withMoney(
    answer("get", "/sell/balance", () => ok(aBalance({ available: -1250, pending: 0, debt: 4049 }))),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("€40.49 to come back from you")).toBeVisible()
    await expect(canvas.getByText(/kept back from your next sales/)).toBeVisible()
    await expect(canvas.getByText("-€12.50")).toBeVisible()
  },
}

export const OwesOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  parameters: {
    ...ON_PHONE.parameters,
    ...withMoney(answer("get", "/sell/balance", () => ok(aBalance({ available: 0, pending: 0, debt: 5 })))),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/à vous reprendre/)).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const PayoutsDisabled: Story = {
  parameters: withMoney(
    answer("post", "/sell/connect/onboard", () => fail(409, { code: "payouts_disabled", error: "Payouts are off." })),
    ...unconnected,
  ),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Get paid" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("This server does not pay out yet.")
    await expect(args.leave).not.toHaveBeenCalled()
  },
}

/** An address that is none of the web's is not gone to. */
export const WrongAddress: Story = {
  parameters: withMoney(
    answer("post", "/sell/connect/onboard", () => ok({ onboarding_url: "javascript:alert(1)" })),
    ...unconnected,
  ),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Get paid" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("cannot be opened")
    await expect(args.leave).not.toHaveBeenCalled()
  },
}

export const Pending: Story = {
  parameters: withMoney(
    answer("get", "/sell/connect", () => ok(aConnection({ connected: false, onboarding: "pending" }))),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Being checked")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Go on filling in" })).toBeVisible()
  },
}

export const Restricted: Story = {
  parameters: withMoney(
    answer("get", "/sell/connect", () =>
      ok(
        aConnection({
          connected: false,
          onboarding: "restricted",
          disabled_reason: "requirements.past_due",
          requirements_due: 2,
        }),
      ),
    ),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Details that the provider asked for are overdue.")).toBeVisible()
    await expect(canvas.getByText("2 details are missing.")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Go to the provider" })).toBeVisible()
  },
}

/** Back from the provider: it is asked how it ended, and the address forgets how one came. */
export const Returned: Story = {
  args: { search: { onboarding: "return" } },
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByText(/You are connected/)).toBeVisible()
    await expect(args.onSearch).toHaveBeenCalledWith({})
  },
}

export const ReturnedUnfinished: Story = {
  args: { search: { onboarding: "return", days: 90 } },
  parameters: withMoney(
    answer("post", "/sell/connect/refresh", () =>
      ok(aConnection({ connected: false, onboarding: "restricted", requirements_due: 1 })),
    ),
    ...unconnected,
  ),
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByText(/needs something more from you/)).toBeVisible()
    await expect(await canvas.findByText("1 detail is missing.")).toBeVisible()
    await expect(args.onSearch).toHaveBeenCalledWith({ days: 90 })
  },
}

export const ReturnedProviderAway: Story = {
  args: { search: { onboarding: "return" } },
  parameters: withMoney(answer("post", "/sell/connect/refresh", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The provider could not be asked how it ended")).toBeVisible()
  },
}

/** The link ran out: a new one is asked for, and gone to. */
export const LinkRanOut: Story = {
  args: { search: { onboarding: "refresh" } },
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByText(/That link had run out/)).toBeVisible()
    await waitFor(() => expect(args.leave).toHaveBeenCalledTimes(1))
  },
}

/** The provider is away: what we know ourselves is still there. */
export const ProviderAway: Story = {
  parameters: withMoney(answer("get", "/sell/balance", () => fail(503, { error: "The payout provider is away." }))),
  play: async ({ canvas }) => {
    const card = within(await canvas.findByRole("region", { name: "Balance" }))
    await expect(await card.findByRole("alert")).toHaveTextContent("The payout provider is away.")
    await expect(await canvas.findByText("What sold best")).toBeVisible()
  },
}

export const BelowZero: Story = {
  parameters: withMoney(answer("get", "/sell/balance", () => ok(aBalance({ available: -1250, pending: 0 })))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("-€12.50")).toBeVisible()
    await expect(canvas.getByText(/Below zero/)).toBeVisible()
  },
}

export const Empty: Story = {
  parameters: withMoney(
    answer("get", "/sell/balance", () => ok(aBalance({ available: 0, pending: 0 }))),
    answer("get", "/sell/stats", () => ok(noStats())),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No sales in this time")).toBeVisible()
    await expect(canvas.getAllByText("€0.00")).toHaveLength(2)
  },
}

export const Loading: Story = {
  parameters: withMoney(http.get("/api/v1/sell/*", never as never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findAllByRole("status", { name: "Loading" })).toHaveLength(3)
  },
}

const ErrorStory: Story = {
  parameters: withMoney(http.get("/api/v1/sell/*", () => fail(500) as never)),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByRole("alert")).toHaveLength(3))
  },
}

export { ErrorStory as Error }

export const Phone: Story = {
  ...ON_PHONE,
  args: { search: { days: 365 } },
  parameters: { ...ON_PHONE.parameters, ...withMoney(aYear) },
  play: async ({ canvas }) => {
    await canvas.findByText("What sold best")
    await userEvent.click(canvas.getByRole("button", { name: "Show as a table" }))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
    await userEvent.click(canvas.getByRole("button", { name: "Show as a table" }))
  },
}
