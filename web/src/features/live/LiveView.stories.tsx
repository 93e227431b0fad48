// The public page of a stream.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, waitFor } from "storybook/test"
import { fakeEngine } from "../../testing/fakeEngine"
import { aDraft, aStream } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { LiveView } from "./LiveView"

const engine = fakeEngine()

const meta = {
  title: "Live/LiveView",
  component: LiveView,
  args: { streamId: aStream().id, engine },
} satisfies Meta<typeof LiveView>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: aStream().title })).toBeVisible()
    await waitFor(() => expect(canvas.getByRole("region", { name: "Player" })).toHaveAttribute("data-state", "playing"))
    await expect(document.title).toContain(aStream().title)
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/live/streams/:id", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(
    answer("get", "/live/streams/:id", () => fail(500, { error: "The server could not read this stream." })),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The server could not read this stream.")
  },
}

export { ErrorStory as Error }

export const NotFound: Story = {
  parameters: withApi(
    answer("get", "/live/streams/:id", () => fail(404, { code: "not_found", error: "No such stream." })),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("There is no such stream")).toBeVisible()
  },
}

export const NotStarted: Story = {
  parameters: withApi(answer("get", "/live/streams/:id", () => ok(aDraft()))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Not on air yet")).toBeVisible()
  },
}

export const Mobile: Story = {
  decorators: [
    (Story) => (
      <div className="w-90">
        <Story />
      </div>
    ),
  ],
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByRole("heading", { level: 1 })
    const frame = canvasElement.querySelector(".w-90")
    await expect(frame?.scrollWidth).toBeLessThanOrEqual(frame?.clientWidth ?? 0)
  },
}
