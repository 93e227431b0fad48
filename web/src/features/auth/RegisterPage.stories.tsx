// Creating an account.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { session } from "../../lib/session"
import { answer, fail, withApi } from "../../testing/handlers"
import { RegisterPage } from "./RegisterPage"

const meta = {
  title: "Pages/Register",
  component: RegisterPage,
  args: { next: undefined },
} satisfies Meta<typeof RegisterPage>

export default meta
type Story = StoryObj<typeof meta>

type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]
async function fill(canvas: Canvas): Promise<void> {
  await userEvent.type(await canvas.findByLabelText("E-mail"), "nova@example.com")
  await userEvent.type(canvas.getByLabelText("Username"), "nova")
  await userEvent.type(canvas.getByLabelText("Password"), "a long false password")
  await userEvent.click(canvas.getByRole("button", { name: "Create account" }))
}

export const Default: Story = {
  play: async ({ canvas }) => {
    await fill(canvas)
    await waitFor(() => expect(session.get().status).toBe("in"))
  },
}

export const NameTaken: Story = {
  parameters: withApi(
    answer("post", "/auth/register", () => fail(409, { code: "username_taken", error: "That username is taken." })),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText("That username is taken.")).toBeVisible()
    await expect(canvas.getByLabelText("Username")).toHaveAttribute("aria-invalid", "true")
    await waitFor(() => expect(canvas.getByLabelText("Username")).toHaveFocus())
  },
}

export const FieldsRefused: Story = {
  parameters: withApi(
    answer("post", "/auth/register", () =>
      fail(400, {
        code: "validation_error",
        error: "Some fields need your attention.",
        fields: [
          { field: "email", message: "This is not an e-mail address." },
          { field: "password", message: "This is one of the most common passwords." },
        ],
      }),
    ),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText("This is not an e-mail address.")).toBeVisible()
    await expect(canvas.getByText("This is one of the most common passwords.")).toBeVisible()
    await waitFor(() => expect(canvas.getByLabelText("E-mail")).toHaveFocus())
  },
}

export const TooMany: Story = {
  parameters: withApi(
    answer("post", "/auth/register", () =>
      fail(429, { code: "rate_limited", error: "Too many tries. Wait 10 minutes." }),
    ),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Too many tries")
  },
}

export const TooShort: Story = {
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("Password"), "short")
    await expect(await canvas.findByText("Too short: 5 of 12 characters.")).toBeVisible()
  },
}
