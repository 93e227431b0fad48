// Setting a new password by a link.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent } from "storybook/test"
import { answer, fail, withApi } from "../../../testing/handlers"
import { ResetPasswordPage } from "./ResetPasswordPage"

const meta = {
  title: "Pages/Reset password",
  component: ResetPasswordPage,
  args: { token: "of-a-story" },
} satisfies Meta<typeof ResetPasswordPage>

export default meta
type Story = StoryObj<typeof meta>

type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]
async function fill(canvas: Canvas): Promise<void> {
  await userEvent.type(await canvas.findByLabelText("New password"), "a long false password")
  await userEvent.click(canvas.getByRole("button", { name: "Set the password" }))
}

export const Default: Story = {
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText(/Your new password is set/)).toBeVisible()
    await expect(canvas.getByRole("link", { name: "Sign in" })).toBeVisible()
  },
}

export const Expired: Story = {
  parameters: withApi(
    answer("post", "/auth/password/reset", () => fail(410, { code: "link_expired", error: "This link is too old." })),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByRole("link", { name: "Send me a new link" })).toBeVisible()
  },
}

export const NoToken: Story = {
  args: { token: null },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("This link does not work")
  },
}

export const Refused: Story = {
  parameters: withApi(
    answer("post", "/auth/password/reset", () =>
      fail(400, {
        code: "validation_error",
        error: "Some fields need your attention.",
        fields: [{ field: "new_password", message: "is one of the most common passwords" }],
      }),
    ),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText("is one of the most common passwords")).toBeVisible()
    await expect(canvas.getByLabelText("New password")).toHaveFocus()
  },
}

export const TooShort: Story = {
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("New password"), "short")
    await userEvent.click(canvas.getByRole("button", { name: "Set the password" }))
    await expect(await canvas.findByText("Use at least 12 characters.")).toBeVisible()
  },
}
