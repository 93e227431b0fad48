// The streamer's own recordings, in the studio.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, screen, userEvent, waitFor } from "storybook/test"
import { aStream } from "../../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import { aRecording, someRecordings } from "../../../testing/recordings"
import { RecordingsPanel } from "./RecordingsPanel"

const meta = {
  title: "Live/RecordingsPanel",
  component: RecordingsPanel,
  args: { stream: aStream(), className: "p-5" },
} satisfies Meta<typeof RecordingsPanel>

export default meta
type Story = StoryObj<typeof meta>

const followed = fn()
const made = aRecording({ id: "0190c000-0000-7000-8000-000000000007", title: "Made", mp4_status: "ready" })
const unmade = aRecording({ id: "0190c000-0000-7000-8000-000000000008", title: "Not made", mp4_status: "failed" })
const LIST = "/live/streams/:id/recordings"

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("3 recordings")).toBeVisible()
    await expect(canvas.getByText("Recording")).toBeVisible()
    await expect(canvas.getByText(/1:12 of the broadcast are missing/)).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Unpublish Tape night, with guests" })).toBeVisible()
  },
}

let published = false
export const Publish: Story = {
  parameters: withApi(
    answer("get", LIST, () => ok(someRecordings([aRecording({ is_published: published })]))),
    answer("put", "/live/recordings/:id", () => {
      published = true
      return ok(aRecording({ is_published: true }))
    }),
  ),
  beforeEach: () => {
    published = false
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: /^Publish / }))
    await expect(await canvas.findByText("Published")).toBeVisible()
  },
}

export const PublishFails: Story = {
  parameters: withApi(
    answer("get", LIST, () => ok(someRecordings([aRecording()]))),
    answer("put", "/live/recordings/:id", () => fail(503, { error: "Try again in a moment." })),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: /^Publish / }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

let left = [aRecording()]
export const Delete: Story = {
  parameters: withApi(
    answer("get", LIST, () => ok(someRecordings(left))),
    answer("delete", "/live/recordings/:id", () => {
      left = []
      return ok({})
    }),
  ),
  beforeEach: () => {
    left = [aRecording()]
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: /^Delete / }))
    await userEvent.click(await screen.findByRole("button", { name: "Delete for good" }))
    await waitFor(() => expect(canvas.queryByText(aRecording().title)).toBeNull())
  },
}

/** Asked for, waited for, and there: the list is read again while it is being made. */
let mp4: "making" | null = null
export const AsMp4: Story = {
  parameters: withApi(
    answer("get", LIST, () => ok(someRecordings([aRecording({ mp4_status: mp4 }), made, unmade]))),
    answer("post", "/live/recordings/:id/mp4", () => {
      mp4 = "making"
      return ok(aRecording({ mp4_status: mp4 }))
    }),
    answer("get", "/live/recordings/:id/mp4", () => ok({ url: "/opaque", expires_at: "2026-03-01T10:00:00Z" })),
  ),
  beforeEach: () => {
    mp4 = null
    followed.mockClear()
    const { click } = HTMLAnchorElement.prototype
    HTMLAnchorElement.prototype.click = function follow() {
      followed(this.getAttribute("href"))
    }
    return () => {
      HTMLAnchorElement.prototype.click = click
    }
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: `Make MP4 of ${aRecording().title}` }))
    await expect(await canvas.findByText("Making MP4…")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Download MP4 of Made" }))
    await waitFor(() => expect(followed).toHaveBeenCalledWith("/opaque"))
    await expect(canvas.getByRole("alert")).toHaveTextContent("The MP4 could not be made.")
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", LIST, () => ok(someRecordings([])))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/Your broadcasts appear here/)).toBeVisible()
  },
}

export const Off: Story = {
  args: { stream: aStream({ record: false }) },
  parameters: withApi(answer("get", LIST, () => ok(someRecordings([])))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Broadcasts of this stream are not recorded.")).toBeVisible()
  },
}

export const Processing: Story = {
  parameters: withApi(answer("get", LIST, () => ok(someRecordings([aRecording({ status: "processing" }), failed])))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Being finished")).toBeVisible()
    await expect(canvas.getByText("Nothing recorded")).toBeVisible()
  },
}

const failed = aRecording({
  id: "0190c000-0000-7000-8000-000000000009",
  status: "failed",
  playback_url: null,
  duration_seconds: 0,
  size_bytes: 0,
})

export const Loading: Story = { parameters: withApi(answer("get", LIST, never)) }

const ErrorStory: Story = {
  parameters: withApi(answer("get", LIST, () => fail(500, { error: "The server could not read them." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The server could not read them.")
  },
}

export { ErrorStory as Error }
