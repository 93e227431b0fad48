// Where an account is signed in.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent } from "storybook/test"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
import { SessionsPage } from "./SessionsPage"

const meta = {
  title: "Pages/Sessions",
  component: SessionsPage,
  parameters: { at: "/settings/sessions" },
} satisfies Meta<typeof SessionsPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("This device")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Sign out Safari · iOS" }))
    await expect(await canvas.findByText("That session was ended.")).toBeVisible()
  },
}

export const NotEnded: Story = {
  parameters: withApi(answer("delete", "/auth/sessions/:id", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Sign out Safari · iOS" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
    await expect(canvas.getByRole("button", { name: "Sign out Safari · iOS" })).toBeVisible()
  },
}

export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Cet appareil")).toBeVisible()
    await expect(canvas.getByText(/198\.51\.100/)).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", "/auth/sessions", () => ok({ sessions: [], total: 0 }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No open sessions")).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/auth/sessions", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/auth/sessions", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

export { ErrorStory as Error }
