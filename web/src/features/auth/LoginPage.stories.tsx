// Signing in.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, userEvent, waitFor } from "storybook/test"
import { session } from "../../lib/session"
import { wrongCode } from "../../testing/account"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, loggedIn, never, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
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

const asks = http.post("/api/v1/auth/login", async ({ request }) => {
  const { totp_code: code } = (await request.json()) as { totp_code?: string }
  if (!code) return fail(401, { code: "totp_required", error: "Enter the code of your authenticator app." })
  return code === "000000" ? wrongCode() : loggedIn()
})

/** The right password is not enough: a code of the app, or a recovery code. */
export const SecondStep: Story = {
  parameters: withApi(asks),
  play: async ({ canvas }) => {
    await fill(canvas)
    const code = await canvas.findByLabelText("Code of your app")
    await waitFor(() => expect(code).toHaveFocus())
    await userEvent.type(code, "000000{Enter}")
    await expect(await canvas.findByText(/This code is not right/)).toBeVisible()
    await userEvent.clear(code)
    await userEvent.type(code, "123456{Enter}")
    await waitFor(() => expect(session.get().status).toBe("in"))
  },
}

export const ByRecoveryCode: Story = {
  parameters: withApi(asks),
  play: async ({ canvas }) => {
    await fill(canvas)
    await userEvent.click(await canvas.findByRole("button", { name: /Use a recovery code/ }))
    const code = canvas.getByLabelText("Recovery code")
    await waitFor(() => expect(code).toHaveFocus())
    await userEvent.type(code, "false-00001{Enter}")
    await waitFor(() => expect(session.get().status).toBe("in"))
  },
}

export const SecondStepFrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  parameters: { ...ON_PHONE.parameters, ...withApi(asks) },
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("E-mail"), "nova@example.com")
    await userEvent.type(canvas.getByLabelText("Mot de passe"), "a long false password{Enter}")
    await expect(await canvas.findByLabelText("Code de votre application")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Revenir à l’e-mail et au mot de passe" }))
    await expect(canvas.getByLabelText("E-mail")).toHaveValue("nova@example.com")
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}
