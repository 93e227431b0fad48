// The audit.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent } from "storybook/test"
import { adminHandlers, asAdmin } from "../../testing/admin"
import { answer, fail, never, withApi } from "../../testing/handlers"
import { pageOf } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { AuditPage } from "./AuditPage"

const meta = {
  title: "Admin/Audit",
  component: AuditPage,
  args: { filter: {}, onFilter: fn() },
  parameters: { ...withApi(...adminHandlers), at: "/admin/audit" },
  beforeEach: asAdmin,
} satisfies Meta<typeof AuditPage>

export default meta
type Story = StoryObj<typeof meta>

const FILTER = { subject_kind: "user", subject_id: "0190a000-0000-7000-8000-000000000023" } as const

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("3 entries")).toBeVisible()
    await expect(canvas.getByText("Veza")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: /^Details: user.suspended/ }))
    await expect(canvas.getByText("Sold somebody else’s songs.")).toBeVisible()
    await expect(canvas.getByText("req_0000example")).toBeVisible()
  },
}

export const Filtered: Story = {
  args: { filter: FILTER },
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "No longer only: Done to" }))
    await expect(args.onFilter).toHaveBeenCalledWith({ subject_kind: undefined, subject_id: undefined })
    await userEvent.type(canvas.getByRole("searchbox"), "user.suspended{Enter}")
    await expect(args.onFilter).toHaveBeenLastCalledWith({ ...FILTER, action: "user.suspended" })
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...adminHandlers) },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: /^Details: user.suspended/ }))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(
    answer("get", "/admin/audit", () => pageOf("entries", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing was written down yet")).toBeVisible()
  },
}

export const NothingFound: Story = {
  args: { filter: FILTER },
  parameters: withApi(
    answer("get", "/admin/audit", () => pageOf("entries", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show all" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/admin/audit", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/admin/audit", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
