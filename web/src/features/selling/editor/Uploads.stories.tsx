// Files on their way into a product: sent, waiting, broken off, refused, already there. The queue follows a script.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, waitFor } from "storybook/test"
import { answer, ok } from "../../../testing/handlers"
import {
  aBlob,
  aFile,
  aPicture,
  aProcessing,
  aProduct,
  PRODUCT_ID,
  refusal,
  scriptedQueue,
  signedIn,
  withProduct,
} from "../../../testing/selling"
import type { UploadQueue } from "../uploads"
import { ProductEditor } from "./ProductEditor"

const meta = {
  title: "Selling/Uploads",
  component: ProductEditor,
  args: { productId: PRODUCT_ID, onCreated: fn() },
  parameters: withProduct(aProduct(), [aFile(1)]),
  beforeEach: signedIn,
} satisfies Meta<typeof ProductEditor>

export default meta
type Story = StoryObj<typeof meta>

const choose = async (root: HTMLElement, ...files: File[]): Promise<void> => {
  await waitFor(() => expect(root.querySelector('input[type="file"][multiple]')).not.toBeNull())
  const input = root.querySelector<HTMLInputElement>('input[type="file"][multiple]')
  if (input) await userEvent.upload(input, files)
}

const story = (queue: UploadQueue, play: Story["play"]): Story => ({
  args: { queue },
  beforeEach: () => () => queue.clear(),
  ...(play ? { play } : {}),
})

/** Two are sent at a time, the third waits its turn; one can be taken back. */
export const Uploading: Story = story(
  scriptedQueue({ sent: 0.42 }, { sent: 1 }, "hang"),
  async ({ canvas, canvasElement }) => {
    await choose(canvasElement, aBlob("one.wav", 90_000), aBlob("two.wav", 40_000), aBlob("three.wav", 70_000))
    await expect(await canvas.findByText("Waiting its turn")).toBeVisible()
    await waitFor(() =>
      expect(canvas.getByRole("progressbar", { name: "Sending one.wav" })).toHaveAttribute("aria-valuenow", "42"),
    )
    await expect(await canvas.findByText(/37.8 kB of 90 kB/)).toBeVisible()
    await expect(await canvas.findByText("Sent. The server is putting it away…")).toBeVisible()
    const event = new Event("beforeunload", { cancelable: true })
    globalThis.dispatchEvent(event)
    await expect(event.defaultPrevented).toBe(true)
    await userEvent.click(canvas.getByRole("button", { name: "Cancel sending two.wav" }))
    await expect(canvas.queryByText("two.wav")).toBeNull()
  },
)

export const UploadFailed: Story = story(
  scriptedQueue(
    { refuse: refusal(0, "offline", "") },
    {
      refuse: refusal(
        415,
        "unsupported_media_type",
        "This type of product takes audio (WAV, FLAC, AIFF, MP3, AAC, Ogg), a PDF. The content of this file is something else.",
      ),
    },
    {
      refuse: refusal(409, "storage_full", "You keep 50 GiB here, as much as one may. Remove something first."),
    },
    { refuse: refusal(503, "unavailable", "The file store does not answer. Try again in a moment.") },
    "hang",
  ),
  async ({ canvas, canvasElement }) => {
    const names = ["take one.wav", "setup.exe", "take two.wav", "take three.wav"]
    await choose(canvasElement, ...names.map((name) => aBlob(name)), aBlob("silence.wav", 0))
    await expect(await canvas.findByText("The connection broke off. Check it, then send again.")).toBeVisible()
    await expect(await canvas.findByText(/The content of this file is something else/)).toBeVisible()
    await expect(await canvas.findByText(/You keep 50 GiB here/)).toBeVisible()
    await expect(await canvas.findByText("This file is empty. Nothing was sent.")).toBeVisible()
    await expect(canvas.queryByRole("button", { name: "Send again: silence.wav" })).toBeNull()
    await userEvent.click(canvas.getByRole("button", { name: "Send again: take two.wav" }))
    await expect(await canvas.findByRole("progressbar", { name: "Sending take two.wav" })).toBeVisible()
  },
)

/** Too many at once: it waits as long as the server asks, then goes on by itself. */
export const Paused: Story = {
  parameters: withProduct(aProduct(), [aFile(1), aProcessing(2)]),
  ...story(
    scriptedQueue({ refuse: refusal(429, "too_many_requests", "", 2) }, { file: aProcessing(2) }),
    async ({ canvas, canvasElement }) => {
      await choose(canvasElement, aBlob("two.wav"))
      await expect(await canvas.findByText(/goes on by itself in \d s/)).toBeVisible()
      await expect(await canvas.findByText("Night drive (radio edit)")).toBeVisible()
    },
  ),
}

export const AlreadyThere: Story = story(
  scriptedQueue({ file: aFile(1), status: 200 }),
  async ({ canvas, canvasElement }) => {
    await choose(canvasElement, aBlob("again.wav"))
    await expect(await canvas.findByText("This file is already here; nothing was added.")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Take again.wav off the list" }))
    await expect(canvas.queryByText("again.wav")).toBeNull()
  },
)

/** On a page without a product yet, the first file makes the draft and gives it its name. */
export const DroppedOnNew: Story = {
  ...story(scriptedQueue("hang"), async ({ canvas, canvasElement, args }) => {
    await choose(canvasElement, aBlob("Harbour at night.wav"))
    await waitFor(() => expect(args.onCreated).toHaveBeenCalledWith(PRODUCT_ID))
    await expect(canvas.getByLabelText("Title")).toHaveValue("Harbour at night")
    await expect(await canvas.findByText("Harbour at night.wav")).toBeVisible()
    await expect(await canvas.findByText("Saved")).toBeVisible()
  }),
  args: { productId: null, queue: scriptedQueue("hang") },
  parameters: withProduct(aProduct({ title: "Harbour at night", price_cents: 0, description: "", tags: [] }), []),
}

export const CoverRefused: Story = {
  parameters: withProduct(aProduct({ cover_url: null }), [aFile(1)]),
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByText("Choose or drop a cover")
    const input = canvasElement.querySelector<HTMLInputElement>('input[type="file"][accept]')
    if (input)
      await userEvent.upload(input, new File(["x"], "cover.svg", { type: "image/svg+xml" }), { applyAccept: false })
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Choose a JPEG, PNG, WebP or GIF.")
  },
}

export const CoverChanged: Story = {
  parameters: withProduct(
    aProduct({ cover_url: null }),
    [aFile(1)],
    answer("put", "/marketplace/products/:id/cover", () => ok(aProduct())),
  ),
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByText("Choose or drop a cover")
    const input = canvasElement.querySelector<HTMLInputElement>('input[type="file"][accept]')
    if (input) await userEvent.upload(input, await aPicture())
    await expect(await canvas.findByRole("button", { name: "Replace cover" })).toBeVisible()
  },
}

const held = { now: [aFile(1), aFile(2), aFile(3)] }
/** Put in order by buttons, named in place, taken out after asking. */
export const FilesInHand: Story = {
  beforeEach: () => {
    held.now = [aFile(1), aFile(2), aFile(3)]
  },
  parameters: withProduct(
    aProduct(),
    held,
    answer("put", "/marketplace/products/:id/files/order", () => {
      held.now = [aFile(2), aFile(1), aFile(3)]
      return ok({ files: held.now, total: 3 })
    }),
    answer("put", "/marketplace/products/:id/files/:file", () => {
      const named = aFile(2, { title: "Short one" })
      held.now = [named, aFile(1), aFile(3)]
      return ok(named)
    }),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Move Night drive down" }))
    await expect(await canvas.findByText("Night drive is now at place 2 of 3.")).toBeInTheDocument()
    await expect(canvas.getByRole("button", { name: "Move Night drive down" })).toHaveFocus()
    await userEvent.click(canvas.getByRole("button", { name: "Rename Night drive (radio edit)" }))
    const field = canvas.getByLabelText("Title of Night drive (radio edit)")
    await expect(field).toHaveFocus()
    await userEvent.clear(field)
    await userEvent.type(field, "Short one{Enter}")
    await expect(await canvas.findByRole("button", { name: "Rename Short one" })).toBeVisible()
  },
}
