// What one wants to be told by mail.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent } from "storybook/test"
import { session } from "../../lib/session"
import { accountRoutes } from "../../testing/account"
import { aUser } from "../../testing/fixtures"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, never, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
import { signedIn } from "../../testing/selling"
import { NotificationsPage } from "./NotificationsPage"

const meta = {
  title: "Settings/Notifications",
  component: NotificationsPage,
  beforeEach: signedIn,
  parameters: { ...withApi(...accountRoutes), at: "/settings/notifications" },
} satisfies Meta<typeof NotificationsPage>

export default meta
type Story = StoryObj<typeof meta>

const ROUTE = "/users/me/notifications"
const CHOICE = "Somebody I follow goes live"

export const Default: Story = {
  play: async ({ canvas }) => {
    const choice = await canvas.findByLabelText(CHOICE)
    await expect(choice).not.toBeChecked()
    await userEvent.click(choice)
    await expect(await canvas.findByText("Saved")).toBeVisible()
    await expect(choice).toBeChecked()
  },
}

export const NotConfirmed: Story = {
  beforeEach: () => session.adopt({ user: { ...aUser, email_verified: false }, access_token: "not-a-token" }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/Yours is not confirmed yet/)).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", ROUTE, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", ROUTE, () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

export { ErrorStory as Error }

/** Not saved: the box says again what the server knows. */
export const NotSaved: Story = {
  parameters: withApi(
    answer("put", ROUTE, () => fail(503, { error: "Try again in a moment." })),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByLabelText(CHOICE))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
    await expect(canvas.getByLabelText(CHOICE)).not.toBeChecked()
  },
}

export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("checkbox")).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}
