// The public page of a stream.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, waitFor } from "storybook/test"
import { someMessages } from "../../testing/chat"
import { FakeChat } from "../../testing/fakeChat"
import { fakeEngine } from "../../testing/fakeEngine"
import { aDraft, aStream } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi, withChat } from "../../testing/handlers"
import { Button } from "../../ui/Button"
import { LiveView } from "./LiveView"

const engine = fakeEngine()
const follow = (username: string) => <Button>Follow {username}</Button>

const meta = {
  title: "Live/LiveView",
  component: LiveView,
  args: { streamId: aStream().id, engine, follow },
} satisfies Meta<typeof LiveView>

export default meta
type Story = StoryObj<typeof meta>

const talk = new FakeChat({ user: { id: "me", username: "ines" }, joined: { messages: someMessages(30) } })

export const Default: Story = {
  parameters: withChat(talk),
  beforeEach: talk.reset,
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: aStream().title })).toBeVisible()
    await waitFor(() => expect(canvas.getByRole("region", { name: "Player" })).toHaveAttribute("data-state", "playing"))
    await expect(document.title).toContain(aStream().title)
  },
}

/** The socket tells that it begins, breaks and ends, and how many watch: no poll is waited for, no reload needed. */
let status: "draft" | "live" | "interrupted" | "ended" = "draft"
const news = new FakeChat({ joined: { stream: { status: "draft" }, viewer_count: 0 } })
export const Pushed: Story = {
  parameters: withChat(
    news,
    answer("get", "/live/streams/:id", () =>
      ok({ ...aDraft(), status, is_live: status === "live" || status === "interrupted", viewer_count: 0 }),
    ),
    answer("get", "/live/streams/:id/viewers", never),
  ),
  beforeEach: () => {
    status = "draft"
    news.reset()
  },
  play: async ({ canvas }) => {
    const player = await canvas.findByRole("region", { name: "Player" })
    await waitFor(() => expect(player).toHaveAttribute("data-state", "waiting"))
    await waitFor(() => expect(canvas.getByRole("region", { name: "Chat" })).toHaveAttribute("data-state", "open"))
    status = "live"
    news.push({ type: "stream", status: "live" })
    await waitFor(() => expect(player).toHaveAttribute("data-state", "playing"))
    news.push({ type: "viewers", viewer_count: 41 })
    await waitFor(() => expect(player.querySelector("[data-viewers]")).toHaveAttribute("data-viewers", "41"))
    status = "ended"
    news.push({ type: "stream", status: "ended" })
    await waitFor(() => expect(player.querySelector("[data-viewers]")).toBeNull())
    // What is buffered plays out first.
    player.querySelector("video")?.dispatchEvent(new Event("ended"))
    await waitFor(() => expect(player).toHaveAttribute("data-state", "ended"))
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

const onPhone = new FakeChat({ user: { id: "me", username: "ines" }, joined: { messages: someMessages(30) } })
export const Mobile: Story = {
  parameters: withChat(onPhone),
  beforeEach: onPhone.reset,
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
