// The inbox of what providers told us.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { adminHandlers, asAdmin, someEvents } from "../../testing/admin"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { pageOf } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { WebhooksPage } from "./WebhooksPage"

const meta = {
  title: "Admin/Webhooks",
  component: WebhooksPage,
  args: { filter: {}, onFilter: fn() },
  parameters: { ...withApi(...adminHandlers), at: "/admin/webhooks" },
  beforeEach: asAdmin,
} satisfies Meta<typeof WebhooksPage>

export default meta
type Story = StoryObj<typeof meta>

const FILTER = { provider: "stripe" } as const

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("4 events")).toBeVisible()
    await expect(canvas.getByText("The amount is not the payment’s.")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Body: evt_false_5" }))
    await expect(await canvas.findByRole("region", { name: "Body" })).toHaveTextContent(/"client_secret": "\*\*\*"/)
  },
}

export const BodyForgotten: Story = {
  parameters: withApi(
    answer("get", "/admin/webhooks/:id", () => ok({ ...someEvents()[0], body: null })),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Body: evt_false_5" }))
    await expect(await canvas.findByText("Its body is no longer kept.")).toBeVisible()
  },
}

export const BodyUnreadable: Story = {
  parameters: withApi(
    answer("get", "/admin/webhooks/:id", () => fail(500)),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Body: evt_false_5" }))
    await expect(await canvas.findByText("The event could not be read")).toBeVisible()
  },
}

const replayed = fn()

/** Replaying asks first; the list then shows what became of it. */
export const Replayed: Story = {
  parameters: withApi(
    answer("get", "/admin/webhooks", () => {
      const [first, ...others] = someEvents()
      const flagged = first ? [{ ...first, status: replayed.mock.calls.length > 0 ? "applied" : "flagged" }] : []
      return pageOf("events", [...flagged, ...others])
    }),
    answer("post", "/admin/webhooks/:id/replay", () => {
      replayed()
      return ok(someEvents()[0])
    }),
    ...adminHandlers,
  ),
  beforeEach: () => void replayed.mockClear(),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Replay evt_false_5" }))
    const dialog = within(await within(document.body).findByRole("alertdialog"))
    await userEvent.click(dialog.getByRole("button", { name: "Replay" }))
    await expect(await within(document.body).findByText(/It waits for the worker/)).toBeVisible()
    await waitFor(() => expect(canvas.getAllByText("Applied", { selector: "span" })).toHaveLength(2))
  },
}

export const Filtered: Story = {
  args: { filter: FILTER },
  play: async ({ canvas, args }) => {
    await userEvent.selectOptions(await canvas.findByLabelText("Status"), "Needs a look")
    await expect(args.onFilter).toHaveBeenCalledWith({ provider: "stripe", status: "flagged" })
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...adminHandlers) },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Body: evt_false_5" }))
    await canvas.findByRole("region", { name: "Body" })
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(
    answer("get", "/admin/webhooks", () => pageOf("events", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No provider has told us anything yet")).toBeVisible()
  },
}

export const NothingFound: Story = {
  args: { filter: FILTER },
  parameters: withApi(
    answer("get", "/admin/webhooks", () => pageOf("events", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show all" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/admin/webhooks", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/admin/webhooks", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
