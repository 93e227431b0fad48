// Confirming an address by a link.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { answer, fail, never, withApi } from "../../../testing/handlers"
import { signedIn } from "../../../testing/selling"
import { VerifyEmailPage } from "./VerifyEmailPage"

const meta = {
  title: "Pages/Verify e-mail",
  component: VerifyEmailPage,
  args: { token: "of-a-story" },
} satisfies Meta<typeof VerifyEmailPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Confirm" }))
    await expect(await canvas.findByText("Your address is confirmed.")).toBeVisible()
  },
}

export const Submitting: Story = {
  parameters: withApi(answer("post", "/auth/email/verify", never)),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Confirm" }))
    await waitFor(() => expect(canvas.getByRole("button", { name: "Confirm" })).toHaveAttribute("aria-busy", "true"))
  },
}

export const Expired: Story = {
  parameters: withApi(
    answer("post", "/auth/email/verify", () => fail(410, { code: "link_expired", error: "This link is too old." })),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Confirm" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("This link does not work")
  },
}

const ErrorStory: Story = {
  parameters: withApi(
    answer("post", "/auth/email/verify", () => fail(503, { code: "unavailable", error: "Try again in a moment." })),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Confirm" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

export { ErrorStory as Error }

export const NoToken: Story = {
  args: { token: null },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Sign in to get a new link" })).toBeVisible()
  },
}

export const SentAgain: Story = {
  args: { token: null },
  beforeEach: signedIn,
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Send me a new link" }))
    await expect(await canvas.findByText("It is on its way to you.")).toBeVisible()
  },
}
