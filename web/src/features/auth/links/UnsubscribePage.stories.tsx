// Turning off mail by its link.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { IN_FRENCH } from "../../../testing/french"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import { ON_PHONE } from "../../../testing/phone"
import { UnsubscribePage } from "./UnsubscribePage"

const ROUTE = "/mail/unsubscribe"

const meta = {
  title: "Pages/Unsubscribe",
  component: UnsubscribePage,
  args: { token: "of-a-story" },
  parameters: withApi(answer("post", ROUTE, () => ok({}))),
} satisfies Meta<typeof UnsubscribePage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Stop this mail" }))
    await expect(await canvas.findByText(/you get no more mail of this kind/)).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("post", ROUTE, never)),
  play: async ({ canvas }) => {
    const stop = await canvas.findByRole("button", { name: "Stop this mail" })
    await userEvent.click(stop)
    await waitFor(() => expect(stop).toHaveAttribute("aria-busy", "true"))
  },
}

/** The address was cut off on its way. */
export const Empty: Story = {
  args: { token: null },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("This link does not work")
    await expect(canvas.getByRole("link", { name: "All choices about mail" })).toBeVisible()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("post", ROUTE, () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Stop this mail" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
    await expect(canvas.getByRole("button", { name: "Stop this mail" })).toBeVisible()
  },
}

export { ErrorStory as Error }

export const Wrong: Story = {
  parameters: withApi(answer("post", ROUTE, () => fail(404, { code: "not_found" }))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Stop this mail" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("This link does not work")
  },
}

export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: "Arrêter ces e-mails" })).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}
