// Changing one's password.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { accountRoutes, wrongPassword } from "../../testing/account"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, never, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
import { signedIn } from "../../testing/selling"
import { PasswordPage } from "./PasswordPage"

const meta = {
  title: "Settings/Password",
  component: PasswordPage,
  beforeEach: signedIn,
  parameters: { ...withApi(...accountRoutes), at: "/settings/password" },
} satisfies Meta<typeof PasswordPage>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

const CHANGE = "/auth/password/change"

async function fill(canvas: Canvas, next = "another false password"): Promise<void> {
  await userEvent.type(await canvas.findByLabelText("Current password"), "a long false password")
  await userEvent.type(canvas.getByLabelText("New password"), next)
  await userEvent.click(canvas.getByRole("button", { name: "Change the password" }))
}

export const Default: Story = {
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText(/Your new password is set/)).toBeVisible()
    await expect(canvas.getByLabelText("Current password")).toHaveValue("")
  },
}

export const Empty: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Change the password" }))
    await expect(await canvas.findByText("Enter your password.")).toBeVisible()
    await expect(canvas.getByLabelText("Current password")).toHaveFocus()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("post", CHANGE, never)),
  play: async ({ canvas }) => {
    await fill(canvas)
    await waitFor(() =>
      expect(canvas.getByRole("button", { name: "Change the password" })).toHaveAttribute("aria-busy", "true"),
    )
  },
}

const ErrorStory: Story = {
  parameters: withApi(
    answer("post", CHANGE, () => fail(429, { code: "rate_limited", error: "Too many tries. Wait." })),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Too many tries")
  },
}

export { ErrorStory as Error }

export const WrongPassword: Story = {
  parameters: withApi(answer("post", CHANGE, wrongPassword)),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText("This is not your password.")).toBeVisible()
    await waitFor(() => expect(canvas.getByLabelText("Current password")).toHaveFocus())
  },
}

export const TooCommon: Story = {
  parameters: withApi(
    answer("post", CHANGE, () =>
      fail(400, { fields: [{ field: "new_password", message: "is one of the most common passwords" }] }),
    ),
  ),
  play: async ({ canvas }) => {
    await fill(canvas)
    await expect(await canvas.findByText("is one of the most common passwords")).toBeVisible()
  },
}

export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  play: async ({ canvas }) => {
    await expect(await canvas.findByLabelText("Mot de passe actuel")).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}
