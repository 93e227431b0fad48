// The studio in each of its states. The key in here is obviously false.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import type { Stream } from "../../../lib/types"
import { permissions, someMessages } from "../../../testing/chat"
import { FakeChat } from "../../../testing/fakeChat"
import { fakeEngine } from "../../../testing/fakeEngine"
import { aDraft, aKey, anEnded, anInterrupted, aStream, FALSE_KEY } from "../../../testing/fixtures"
import { answer, fail, never, ok, withApi, withChat } from "../../../testing/handlers"
import { GoLiveView } from "./GoLiveView"

const engine = fakeEngine()
const silent = fakeEngine({ silent: true })

const meta = {
  title: "Live/GoLiveView",
  component: GoLiveView,
  args: { onStream: fn(), engine },
} satisfies Meta<typeof GoLiveView>

export default meta
type Story = StoryObj<typeof meta>

const mine = (...streams: Stream[]) =>
  withApi(
    answer("get", "/live/streams/me", () =>
      ok({ streams: streams.map((stream) => ({ ...stream, stream_key: FALSE_KEY })), total: streams.length }),
    ),
    answer("get", "/live/streams/:id", () => ok(streams[0])),
  )

const page = () => within(document.body)

/** A stream that waits for its encoder; the key is hidden, and not even in the page. */
export const Default: Story = {
  parameters: mine(aDraft()),
  play: async ({ canvas, canvasElement }) => {
    await expect(await canvas.findByText("Waiting for your encoder")).toBeVisible()
    const field = await canvas.findByLabelText<HTMLInputElement>("Stream key")
    await expect(field).toHaveAttribute("type", "password")
    await expect(field).toHaveAttribute("autocomplete", "off")
    await expect(canvasElement.innerHTML).not.toContain(FALSE_KEY)
    await expect(canvas.getByLabelText("Server")).toHaveValue("rtmp://localhost:1935/live")
    await expect(canvas.getByText("Saved")).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/live/streams/me", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toHaveAttribute("aria-busy", "true")
  },
}

let refusals = 0
const ErrorStory: Story = {
  parameters: withApi(
    answer("get", "/live/streams/me", () => {
      refusals += 1
      return refusals === 1
        ? fail(503, { code: "unavailable", error: "The database is not reachable. Try again in a moment." })
        : ok({ streams: [{ ...aDraft(), stream_key: FALSE_KEY }], total: 1 })
    }),
    answer("get", "/live/streams/:id", () => ok(aDraft())),
  ),
  beforeEach: () => {
    refusals = 0
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }))
    await expect(await canvas.findByText("Waiting for your encoder")).toBeVisible()
  },
}

export { ErrorStory as Error }

/** The error as a person meets it, before trying again. */
export const Unavailable: Story = {
  parameters: withApi(
    answer("get", "/live/streams/me", () =>
      fail(503, { code: "unavailable", error: "The database is not reachable. Try again in a moment." }),
    ),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toBeVisible()
  },
}

export const StreamKeyVisible: Story = {
  parameters: mine(aDraft()),
  play: async ({ canvas }) => {
    const show = await canvas.findByRole("button", { name: "Show stream key" })
    await expect(show).toHaveAttribute("aria-pressed", "false")
    await userEvent.click(show)
    await expect(show).toHaveAttribute("aria-pressed", "true")
    await expect(canvas.getByLabelText("Stream key")).toHaveValue(FALSE_KEY)
  },
}

/** Copying does not show the key, and a tab that loses attention hides it. */
export const KeyCopiedAndHidden: Story = {
  parameters: mine(aDraft()),
  play: async ({ canvas }) => {
    const written = fn()
    const write = navigator.clipboard.writeText
    navigator.clipboard.writeText = async (text) => written(text)
    try {
      await userEvent.click(await canvas.findByRole("button", { name: "Copy stream key" }))
      await expect(await canvas.findByText("Copied")).toBeInTheDocument()
      await expect(written).toHaveBeenCalledWith(FALSE_KEY)
      await expect(canvas.getByLabelText("Stream key")).not.toHaveValue(FALSE_KEY)
    } finally {
      navigator.clipboard.writeText = write
    }
    await userEvent.click(canvas.getByRole("button", { name: "Show stream key" }))
    await expect(canvas.getByLabelText("Stream key")).toHaveValue(FALSE_KEY)
    globalThis.dispatchEvent(new Event("blur"))
    await waitFor(() => expect(canvas.getByLabelText("Stream key")).not.toHaveValue(FALSE_KEY))
  },
}

export const Live: Story = {
  parameters: mine(aStream()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("You are live")).toBeVisible()
    await expect(canvas.getByText("203")).toBeVisible()
    await waitFor(() => expect(canvas.getByRole("region", { name: "Player" })).toHaveAttribute("data-state", "playing"))
    await expect(canvas.getByRole("button", { name: "End stream" })).toBeVisible()
  },
}

const chat = new FakeChat({
  user: { id: aStream().user_id, username: "nova" },
  joined: { messages: someMessages(12), permissions: permissions(undefined, null, "host") },
})
/** On air with an audience that talks; the host may moderate, and news come by the socket. */
export const LiveWithChat: Story = {
  parameters: withChat(
    chat,
    answer("get", "/live/streams/me", () => ok({ streams: [{ ...aStream(), stream_key: FALSE_KEY }], total: 1 })),
    answer("get", "/live/streams/:id", () => ok(aStream())),
  ),
  beforeEach: chat.reset,
  play: async ({ canvas }) => {
    const room = await canvas.findByRole("region", { name: "Chat" })
    await waitFor(() => expect(room).toHaveAttribute("data-state", "open"))
    await expect(within(room).getAllByRole("article")).toHaveLength(12)
    await userEvent.type(within(room).getByRole("textbox", { name: "Message" }), "Welcome!{Enter}")
    await waitFor(() => expect(within(room).getAllByRole("article")).toHaveLength(13))
    chat.push({ type: "viewers", viewer_count: 311 })
    await expect(await canvas.findAllByText("311")).toHaveLength(2)
  },
}

export const Interrupted: Story = {
  args: { engine: silent },
  parameters: mine(anInterrupted()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Connection lost")).toBeVisible()
    await expect(await canvas.findByRole("timer")).toHaveTextContent(/\d+ s/)
  },
}

/** Without a connection what would change something on the server waits; copying still works. */
export const Offline: Story = {
  parameters: mine(aStream()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: "New key" })).not.toHaveAttribute("aria-disabled")
    Object.defineProperty(navigator, "onLine", { configurable: true, value: false })
    try {
      globalThis.dispatchEvent(new Event("offline"))
      await waitFor(() => expect(canvas.getByRole("button", { name: "New key" })).toHaveAttribute("aria-disabled"))
      await expect(canvas.getByRole("button", { name: "End stream" })).toHaveAttribute("aria-disabled", "true")
      await expect(canvas.getByRole("button", { name: "Copy stream key" })).not.toHaveAttribute("aria-disabled")
    } finally {
      Reflect.deleteProperty(navigator, "onLine")
      globalThis.dispatchEvent(new Event("online"))
    }
  },
}

export const Ended: Story = {
  parameters: mine(anEnded()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Broadcast ended")).toBeVisible()
  },
}

export const NoPermission: Story = {
  parameters: withApi(answer("get", "/live/streams/me", () => fail(403, { code: "forbidden", error: "Not allowed." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("You may not broadcast here")).toBeVisible()
  },
}

export const Mobile: Story = {
  parameters: mine(aStream()),
  decorators: [
    (Story) => (
      <div className="w-90">
        <Story />
      </div>
    ),
  ],
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByText("You are live")
    const frame = canvasElement.querySelector(".w-90")
    await expect(frame?.scrollWidth).toBeLessThanOrEqual(frame?.clientWidth ?? 0)
  },
}

/** Nothing yet: the first thing to do is to name a stream. */
export const NoStreams: Story = {
  parameters: mine(),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Create stream" }))
    await expect(await canvas.findByText("Give it a title.")).toBeVisible()
    await expect(canvas.getByLabelText("Title")).toHaveFocus()
    await userEvent.type(canvas.getByLabelText("Title"), "Kitchen jazz")
    await userEvent.click(canvas.getByRole("button", { name: "Create stream" }))
    await waitFor(() => expect(args.onStream).toHaveBeenCalledWith(aStream().id))
  },
}

/** The server's word on a field stands beside the field. */
export const TitleRefused: Story = {
  parameters: withApi(
    answer("get", "/live/streams/me", () => ok({ streams: [], total: 0 })),
    answer("post", "/live/streams", () =>
      fail(400, {
        code: "validation_error",
        error: "Some fields need your attention.",
        fields: [{ field: "tags.0", message: "A tag has at most 30 characters." }],
      }),
    ),
  ),
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("Title"), "Kitchen jazz")
    await userEvent.click(canvas.getByRole("button", { name: "Create stream" }))
    await expect(await canvas.findByText("A tag has at most 30 characters.")).toBeVisible()
    await expect(canvas.getByLabelText("Tags")).toHaveAttribute("aria-invalid", "true")
  },
}

/** The safe button has focus; when live, the title must be typed; afterwards the key stays hidden. */
export const RegenerateKey: Story = {
  parameters: mine(aStream()),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "New key" }))
    const dialog = within(await page().findByRole("alertdialog"))
    await waitFor(() => expect(dialog.getByRole("button", { name: "Keep the old key" })).toHaveFocus())
    const confirm = dialog.getByRole("button", { name: "Make a new key" })
    await expect(confirm).toHaveAttribute("aria-disabled", "true")
    await userEvent.type(dialog.getByLabelText(/Type the stream/), aStream().title)
    await expect(confirm).not.toHaveAttribute("aria-disabled")
    await userEvent.click(confirm)
    await expect(await canvas.findByText(/The old key is dead/)).toBeVisible()
    await expect(canvas.getByLabelText("Stream key")).toHaveAttribute("type", "password")
    await waitFor(() => expect(page().queryByRole("alertdialog")).toBeNull())
  },
}

/** The dialog as it stands open. */
export const RegenerateKeyAsked: Story = {
  parameters: mine(aStream()),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "New key" }))
    await waitFor(async () => expect(await page().findByText("Keep the old key")).toHaveFocus())
  },
}

/** Deleting asks first; the last stream gone, the studio offers to make one. */
let deleted = false
export const DeleteStream: Story = {
  parameters: withApi(
    answer("get", "/live/streams/me", () =>
      ok(deleted ? { streams: [], total: 0 } : { streams: [{ ...aDraft(), stream_key: FALSE_KEY }], total: 1 }),
    ),
    answer("get", "/live/streams/:id", () => (deleted ? fail(404, { code: "not_found" }) : ok(aDraft()))),
    answer("delete", "/live/streams/:id", () => {
      deleted = true
      return ok({})
    }),
  ),
  beforeEach: () => {
    deleted = false
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Delete stream" }))
    const dialog = within(await page().findByRole("alertdialog"))
    await waitFor(() => expect(dialog.getByRole("button", { name: "Keep it" })).toHaveFocus())
    await userEvent.click(dialog.getByRole("button", { name: "Delete for good" }))
    await expect(await canvas.findByRole("button", { name: "Create stream" })).toBeVisible()
  },
}

/** Only the key could not be read; the rest of the studio works. */
export const KeyUnavailable: Story = {
  parameters: withApi(
    answer("get", "/live/streams/me", () => ok({ streams: [{ ...aDraft(), stream_key: FALSE_KEY }], total: 1 })),
    answer("get", "/live/streams/:id", () => ok(aDraft())),
    answer("get", "/live/streams/me/key", () => fail(503, { error: "The key store is not reachable." })),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The stream key could not be read")).toBeVisible()
    await expect(canvas.getByText("Waiting for your encoder")).toBeVisible()
  },
}

/** A key of another install, to show that the address comes from the server. */
export const OtherServer: Story = {
  parameters: withApi(
    answer("get", "/live/streams/me", () => ok({ streams: [{ ...aDraft(), stream_key: FALSE_KEY }], total: 1 })),
    answer("get", "/live/streams/:id", () => ok(aDraft())),
    answer("get", "/live/streams/me/key", () => ok(aKey({ rtmp_url: "rtmp://live.example.com:1935/live" }))),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByLabelText("Server")).toHaveValue("rtmp://live.example.com:1935/live")
  },
}
