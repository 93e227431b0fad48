// Where an account is signed in.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent } from "storybook/test"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { SessionsPage } from "./SessionsPage"

const meta = { title: "Pages/Sessions", component: SessionsPage } satisfies Meta<typeof SessionsPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("This device")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Sign out Safari · iOS" }))
    await expect(await canvas.findByText("That session was ended.")).toBeVisible()
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
