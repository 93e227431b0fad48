// Asking for a link to set a new password.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { answer, fail, never, withApi } from "../../../testing/handlers"
import { ForgotPasswordPage } from "./ForgotPasswordPage"

const meta = { title: "Pages/Forgot password", component: ForgotPasswordPage } satisfies Meta<typeof ForgotPasswordPage>

export default meta
type Story = StoryObj<typeof meta>

type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]
async function fill(canvas: Canvas): Promise<void> {
  await userEvent.type(await canvas.findByLabelText("E-mail"), "nova@example.com")
  await userEvent.click(canvas.getByRole("button", { name: "Send the link" }))
}

export const Default: Story = {
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText(/If nova@example.com has an account/)).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Send it again" })).toBeVisible()
  },
}

export const Submitting: Story = {
  parameters: withApi(answer("post", "/auth/password/forgot", never)),
  play: async ({ canvas }) => {
    await fill(canvas)
    await waitFor(() =>
      expect(canvas.getByRole("button", { name: "Send the link" })).toHaveAttribute("aria-busy", "true"),
    )
  },
}

export const TooMany: Story = {
  parameters: withApi(
    answer("post", "/auth/password/forgot", () =>
      fail(429, { code: "rate_limited", error: "Too many tries. Wait 10 minutes." }),
    ),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Too many tries")
  },
}

export const Empty: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Send the link" }))
    await expect(await canvas.findByText("Enter your e-mail address.")).toBeVisible()
  },
}
