// A copy of one's data, and the end of the account.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { session } from "../../lib/session"
import { accountRoutes, anExport, aTotp, wrongCode, wrongPassword } from "../../testing/account"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
import { signedIn } from "../../testing/selling"
import { DataPage } from "./DataPage"
import type { Export } from "./types"

const meta = {
  title: "Settings/Your data",
  component: DataPage,
  beforeEach: signedIn,
  parameters: { ...withApi(...accountRoutes), at: "/settings/data" },
} satisfies Meta<typeof DataPage>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

const EXPORT = "/users/me/export"
const copyIs = (change: Partial<Export>) =>
  withApi(
    answer("get", EXPORT, () => ok({ export: anExport(change) })),
    ...accountRoutes,
  )

async function end(canvas: Canvas, name = "nova"): Promise<void> {
  await userEvent.type(await canvas.findByLabelText("Password"), "a long false password")
  await userEvent.type(canvas.getByLabelText("Type “nova” to confirm"), name)
  await userEvent.click(canvas.getByRole("button", { name: "Delete my account for good" }))
}

const refused = (status: number, code: string, error: string): Story => ({
  parameters: withApi(
    answer("delete", "/users/me", () => fail(status, { code, error })),
    ...accountRoutes,
  ),
})

let asked = 0

/** Asked for, made meanwhile, then offered. */
export const Default: Story = {
  beforeEach: () => {
    asked = 0
  },
  parameters: withApi(
    answer("get", EXPORT, () => ok({ export: asked++ === 0 ? null : anExport() })),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Ask for a copy" }))
    await expect(await canvas.findByText(/Your copy is being made/)).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Ask for a new copy" })).toHaveAttribute("aria-disabled", "true")
    await expect(await canvas.findByRole("button", { name: "Download" })).toBeVisible()
  },
}

export const Ready: Story = {
  parameters: copyIs({}),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/is ready: 184 kB/)).toBeVisible()
    await expect(canvas.getByText(/It is kept until/)).toBeVisible()
  },
}

export const Failed: Story = {
  parameters: copyIs({ status: "failed", size_bytes: null, expires_at: null }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/could not be made/)).toBeVisible()
  },
}

export const Expired: Story = {
  parameters: copyIs({ status: "expired" }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/is no longer kept/)).toBeVisible()
  },
}

/** It ran out while the page was open. */
export const GoneMeanwhile: Story = {
  parameters: withApi(
    answer("get", `${EXPORT}/download`, () => fail(404, { code: "not_found" })),
    ...(copyIs({}).msw.handlers as never[]),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Download" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Ask for a new one")
  },
}

export const AskedElsewhere: Story = {
  parameters: withApi(
    answer("post", EXPORT, () => fail(409, { code: "export_in_progress", error: "It is being made." })),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Ask for a copy" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("A copy is being made already")
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", EXPORT, never), ...accountRoutes),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(
    answer("get", EXPORT, () => fail(503, { error: "Try again in a moment." })),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

export { ErrorStory as Error }

export const Deletes: Story = {
  play: async ({ canvas }) => {
    await end(canvas)
    await expect(await canvas.findByText("Your account is deleted.")).toBeVisible()
    await waitFor(() => expect(session.get().status).toBe("out"))
  },
}

export const NotTyped: Story = {
  play: async ({ canvas }) => {
    await end(canvas, "somebody else")
    await expect(await canvas.findByText(/Type your username, exactly/)).toBeVisible()
    await expect(session.get().status).toBe("in")
  },
}

export const WrongPassword: Story = {
  parameters: withApi(answer("delete", "/users/me", wrongPassword), ...accountRoutes),
  play: async ({ canvas }) => {
    await end(canvas)
    await expect(await canvas.findByText("This is not your password.")).toBeVisible()
  },
}

export const WithTwoStep: Story = {
  parameters: withApi(
    answer("get", "/auth/totp", () => ok(aTotp({ enabled: true, recovery_codes_left: 9 }))),
    answer("delete", "/users/me", wrongCode),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("Code of your app, or a recovery code"), "000000")
    await end(canvas)
    await expect(await canvas.findByText(/This code is not right/)).toBeVisible()
  },
}

export const MoneyPending: Story = {
  ...refused(409, "money_pending", "Money from your sales is still on its way. Wait until it has come."),
  play: async ({ canvas }) => {
    await end(canvas)
    await expect(await canvas.findByRole("alert")).toHaveTextContent("still on its way")
    await expect(canvas.getByRole("link", { name: "To your transfers" })).toHaveAttribute("href", "/sell/transfers")
  },
}

export const OnAir: Story = {
  ...refused(409, "on_air", "You are on air. End the stream first."),
  play: async ({ canvas }) => {
    await end(canvas)
    await expect(await canvas.findByRole("link", { name: "To the studio" })).toHaveAttribute("href", "/studio")
  },
}

export const LastAdmin: Story = {
  ...refused(409, "last_admin", "You are the last admin."),
  play: async ({ canvas }) => {
    await end(canvas)
    await expect(await canvas.findByRole("link", { name: "Make somebody else an admin" })).toBeVisible()
  },
}

export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  parameters: { ...ON_PHONE.parameters, ...copyIs({}) },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/est prête/)).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}
