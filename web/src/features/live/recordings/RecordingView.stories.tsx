// The page of a recording, in its states.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import { aRecording, fakeVodEngine, someSaid } from "../../../testing/recordings"
import { RecordingView } from "./RecordingView"

const beginning = fakeVodEngine()
const later = fakeVodEngine({ at_s: 50 })
const gone = fakeVodEngine({ trouble: "gone" })
const broken = fakeVodEngine({ trouble: "media" })

const meta = {
  title: "Live/RecordingView",
  component: RecordingView,
  args: { recordingId: aRecording().id, engine: later },
} satisfies Meta<typeof RecordingView>

export default meta
type Story = StoryObj<typeof meta>

const PATH = "/live/recordings/:id"

/** What was said so far stands beside it; what comes later does not. */
export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: aRecording().title })).toBeVisible()
    await waitFor(() => expect(canvas.getByRole("region", { name: "Player" })).toHaveAttribute("data-state", "playing"))
    await expect(await canvas.findByText("which tape echo is this?")).toBeVisible()
    await expect(canvas.queryByText("🎵🎵🎵")).toBeNull()
    await userEvent.click(canvas.getAllByRole("button", { name: "Pause" })[0] as HTMLElement)
    await waitFor(() => expect(canvas.getByRole("region", { name: "Player" })).toHaveAttribute("data-state", "paused"))
    await expect(canvas.getByRole("slider", { name: "Position in the recording" })).toBeVisible()
  },
}

/** While the broadcast goes on, one goes back in it here, and forward to live again. */
export const OnAir: Story = {
  args: { engine: beginning },
  parameters: withApi(
    answer("get", PATH, () => ok(aRecording({ status: "recording", ended_at: null, expires_at: null }))),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Go to live" })).toHaveAttribute(
      "href",
      `/live/${aRecording().stream_id}`,
    )
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", PATH, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

export const Processing: Story = {
  parameters: withApi(
    answer("get", PATH, () => ok(aRecording({ status: "processing", playback_url: null, duration_seconds: 0 }))),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The recording is being finished")).toBeVisible()
  },
}

export const Nothing: Story = {
  parameters: withApi(
    answer("get", PATH, () =>
      ok(
        aRecording({
          status: "failed",
          playback_url: null,
          duration_seconds: 0,
          missing_seconds: 5423,
          problem: "disk_full",
        }),
      ),
    ),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing of this broadcast was recorded")).toBeVisible()
    await expect(canvas.getByText(/disk was nearly full/)).toBeVisible()
  },
}

export const Silent: Story = {
  parameters: withApi(answer("get", `${PATH}/chat`, () => ok({ ...someSaid(), messages: [] }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing was said during this broadcast.")).toBeVisible()
  },
}

export const ChatFails: Story = {
  parameters: withApi(answer("get", `${PATH}/chat`, () => fail(500))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The chat could not be read")).toBeVisible()
  },
}

export const Deleted: Story = {
  args: { engine: gone },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("This recording is no longer there")).toBeVisible()
  },
}

export const Broken: Story = {
  args: { engine: broken },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: "Try again" })).toBeVisible()
  },
}

export const NotFound: Story = {
  parameters: withApi(answer("get", PATH, () => fail(404, { code: "not_found" }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("There is no such recording")).toBeVisible()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", PATH, () => fail(500, { error: "The server could not read this." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The server could not read this.")
  },
}

export { ErrorStory as Error }

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
