// Signing in.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { session } from "../../lib/session"
import { answer, fail, never, withApi } from "../../testing/handlers"
import { LoginPage } from "./LoginPage"

const meta = { title: "Pages/Login", component: LoginPage, args: { next: undefined } } satisfies Meta<typeof LoginPage>

export default meta
type Story = StoryObj<typeof meta>

type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]
async function fill(canvas: Canvas): Promise<void> {
  await userEvent.type(await canvas.findByLabelText("E-mail"), "nova@example.com")
  await userEvent.type(canvas.getByLabelText("Password"), "a long false password")
  await userEvent.click(canvas.getByRole("button", { name: "Sign in" }))
}

export const Default: Story = {
  play: async ({ canvas }) => {
    await fill(canvas)
    await waitFor(() => expect(session.get().status).toBe("in"))
  },
}

export const ComesBack: Story = {
  args: { next: "/studio" },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/You come back/)).toBeVisible()
  },
}

export const Submitting: Story = {
  parameters: withApi(answer("post", "/auth/login", never)),
  play: async ({ canvas }) => {
    await fill(canvas)
    await waitFor(() => expect(canvas.getByRole("button", { name: "Sign in" })).toHaveAttribute("aria-busy", "true"))
  },
}

const ErrorStory: Story = {
  parameters: withApi(
    answer("post", "/auth/login", () =>
      fail(401, { code: "invalid_credentials", error: "E-mail or password is not right." }),
    ),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByRole("alert")).toHaveTextContent("E-mail or password is not right.")
    await waitFor(() => expect(canvas.getByRole("alert")).toHaveFocus())
  },
}

export { ErrorStory as Error }

export const Empty: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Sign in" }))
    await expect(await canvas.findByText("Enter your password.")).toBeVisible()
    await expect(canvas.getByLabelText("E-mail")).toHaveFocus()
  },
}
