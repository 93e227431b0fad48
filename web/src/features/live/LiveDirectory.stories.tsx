// Who is on air.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, within } from "storybook/test"
import { session } from "../../lib/session"
import { aUser, someStreams } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { LiveDirectory } from "./LiveDirectory"

const meta = {
  title: "Pages/LiveDirectory",
  component: LiveDirectory,
  args: { filter: {}, onFilter: fn() },
} satisfies Meta<typeof LiveDirectory>

export default meta
type Story = StoryObj<typeof meta>

const nobody = withApi(answer("get", "/live/streams", () => ok({ streams: [], total: 0, limit: 48, offset: 0 })))

export const Default: Story = {
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByRole("link", { name: /Late night modular/ })).toBeVisible()
    await expect(canvas.getByText("6 streams on air")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Education" }))
    await expect(args.onFilter).toHaveBeenCalledWith({ category: "education" })
    await userEvent.type(canvas.getByRole("searchbox"), "jazz{Enter}")
    await expect(args.onFilter).toHaveBeenLastCalledWith({ search: "jazz" })
  },
}

/** Who is signed in sees whom they follow first. */
export const Following: Story = {
  parameters: withApi(
    answer("get", "/live/streams/following", () =>
      ok({ streams: someStreams().slice(1, 3), total: 2, limit: 20, offset: 0 }),
    ),
  ),
  beforeEach: () => session.adopt({ user: aUser, access_token: "not-a-token" }),
  play: async ({ canvas }) => {
    const section = within(await canvas.findByRole("region", { name: "Following, live now" }))
    await expect(section.getAllByRole("article")).toHaveLength(2)
  },
}

export const Filtered: Story = {
  args: { filter: { category: "gaming", search: "choir" } },
  parameters: nobody,
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show everybody" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Empty: Story = {
  parameters: nobody,
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nobody is live right now")).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/live/streams", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/live/streams", () => fail(503, { error: "Busy. Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }
