// What the streamer sees of their encoder.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect } from "storybook/test"
import { aStream } from "../../../testing/fixtures"
import { answer, aSignal, fail, never, ok, withApi } from "../../../testing/handlers"
import { SignalPanel } from "./SignalPanel"

const meta = {
  title: "Live/SignalPanel",
  component: SignalPanel,
  args: { streamId: aStream().id, className: "grid gap-4 p-5" },
} satisfies Meta<typeof SignalPanel>

export default meta
type Story = StoryObj<typeof meta>

const PATH = "/live/streams/:id/health"

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("All is well.")).toBeVisible()
    await expect(canvas.getByText("3,012 kbit/s")).toBeVisible()
    await expect(canvas.getByText("2.0 s")).toBeVisible()
  },
}

/** Each thing that can be wrong, with what to do. */
export const Advice: Story = {
  parameters: withApi(
    answer("get", PATH, () =>
      ok({
        ...aSignal(),
        advice: [
          "connection_stalls",
          "keyframes_too_far",
          "audio_out_of_step",
          "no_audio",
          "few_pictures",
          "video_too_rich",
          "video_too_poor",
          "audio_too_poor",
        ],
      }),
    ),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/Set the keyframe interval to 2 s/)).toBeVisible()
    await expect(canvas.queryByText("All is well.")).toBeNull()
  },
}

/** The encoder is away: nothing is known, and nothing is claimed. */
export const Empty: Story = {
  parameters: withApi(answer("get", PATH, () => ok({ measured_at: null, encoder: null, advice: [] }))),
  play: async ({ canvas }) => {
    await expect((await canvas.findAllByText("–")).length).toBe(6)
  },
}

export const Loading: Story = { parameters: withApi(answer("get", PATH, never)) }

const ErrorStory: Story = {
  parameters: withApi(answer("get", PATH, () => fail(500, { error: "It could not be read." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("It could not be read.")
  },
}

export { ErrorStory as Error }
