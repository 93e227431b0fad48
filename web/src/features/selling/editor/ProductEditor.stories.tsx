// The editor: made, loaded, refused, taken down, and on its way to being on sale. Uploads have their own stories.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import {
  aBeat,
  aFailed,
  aFile,
  aProcessing,
  aProduct,
  aPublished,
  signedIn,
  withProduct,
} from "../../../testing/selling"
import { ProductEditor } from "./ProductEditor"

const meta = {
  title: "Selling/Editor",
  component: ProductEditor,
  args: { productId: aProduct().id, onCreated: fn() },
  beforeEach: signedIn,
} satisfies Meta<typeof ProductEditor>

export default meta
type Story = StoryObj<typeof meta>

const two = () => [aFile(1), aFile(2)]

export const Default: Story = {
  parameters: withProduct(aProduct(), two()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByLabelText("Title")).toHaveValue("Night drive")
    await expect(canvas.getByLabelText(/Price in EUR/)).toHaveValue("4.50")
    await expect(canvas.getByText("Buyers pay €4.50.")).toBeVisible()
    await expect(await canvas.findByText("FRX872600001")).toBeVisible()
    await expect(canvas.getByText("Saved")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Publish" })).not.toHaveAttribute("aria-disabled")
  },
}

export const New: Story = {
  args: { productId: null },
  parameters: withProduct(aProduct({ title: "Kitchen jazz", price_cents: 0 }), []),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Save draft" }))
    await expect(await canvas.findByText("Give it a title.")).toBeVisible()
    await expect(canvas.getByLabelText("Title")).toHaveFocus()
    await userEvent.type(canvas.getByLabelText("Title"), "Kitchen jazz")
    await userEvent.type(canvas.getByLabelText("Tags"), "jazz,live{Enter}")
    await expect(canvas.getByRole("button", { name: "Remove tag live" })).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Save draft" }))
    await waitFor(() => expect(args.onCreated).toHaveBeenCalledWith(aProduct().id))
    await expect(await canvas.findByText("Saved")).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/marketplace/products/:id", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/marketplace/products/:id", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }

export const NotFound: Story = {
  parameters: withApi(answer("get", "/marketplace/products/:id", () => fail(404, { code: "not_found" }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("There is no such product")).toBeVisible()
  },
}

export const SomebodyElses: Story = {
  parameters: withProduct(aPublished({ seller: { id: "0190a000-0000-7000-8000-000000000099", username: "else" } }), []),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("This product is somebody else’s")).toBeVisible()
  },
}

const sent = fn()
/** Licences by buttons: added, put in order, the price kept as whole cents. */
export const Licences: Story = {
  parameters: withProduct(
    aBeat(),
    two(),
    http.put("/api/v1/marketplace/products/:id", async ({ request }) => {
      sent(await request.clone().json())
    }),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { name: "MP3 lease" })).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Move Exclusive up" }))
    await expect(await canvas.findByText("Now at place 2 of 3.")).toBeInTheDocument()
    await userEvent.click(canvas.getByRole("button", { name: "Add a licence" }))
    await userEvent.click(canvas.getByRole("button", { name: "Save" }))
    await expect(await canvas.findByText("Give the licence a name.")).toBeVisible()
    const names = canvas.getAllByLabelText("Name")
    await userEvent.type(names[3] as HTMLElement, "Stems")
    await userEvent.type(canvas.getAllByLabelText(/Price in EUR/)[3] as HTMLElement, "89,9")
    await userEvent.click(canvas.getByRole("button", { name: "Save" }))
    await waitFor(() => expect(sent).toHaveBeenCalled())
    const body = sent.mock.lastCall?.[0] as { licenses: Array<{ name: string; price_cents: number }> } | undefined
    await expect(body?.licenses.map(({ name, price_cents }) => [name, price_cents])).toEqual([
      ["MP3 lease", 2500],
      ["Exclusive", 40_000],
      ["WAV lease", 4900],
      ["Stems", 8990],
    ])
  },
}

/** The licences as they stand, for looking at. */
export const LicencesStill: Story = {
  parameters: withProduct(aBeat(), two()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { name: "WAV lease" })).toBeVisible()
  },
}

/** The server's refusals stand beside their fields, and the first of them has focus. */
export const Refused: Story = {
  parameters: withProduct(
    aProduct(),
    two(),
    answer("put", "/marketplace/products/:id", () =>
      fail(400, {
        code: "validation_error",
        error: "Some fields are not right.",
        fields: [
          { field: "price_cents", message: "must be 0, or 50 to 10,000,000" },
          { field: "tags.0", message: "must be 1 to 30 characters, without control characters" },
        ],
      }),
    ),
  ),
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("Title"), "!")
    await userEvent.click(canvas.getByRole("button", { name: "Save" }))
    await expect(await canvas.findByText("Either free, or from €0.50 to €100,000.00.")).toBeVisible()
    await waitFor(() => expect(canvas.getByLabelText(/Price in EUR/)).toHaveFocus())
    await expect(canvas.getByLabelText("Tags")).toHaveAttribute("aria-invalid", "true")
    await expect(canvas.getByText("Not saved: some fields are not right.")).toBeVisible()
  },
}

export const Unsaved: Story = {
  parameters: withProduct(aProduct(), two()),
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("Title"), " (edit)")
    await expect(await canvas.findByText("Unsaved changes")).toBeVisible()
    await userEvent.click(canvas.getByRole("link", { name: "My products" }))
    const dialog = within(await within(document.body).findByRole("alertdialog"))
    await waitFor(() => expect(dialog.getByRole("button", { name: "Stay here" })).toHaveFocus())
    await userEvent.click(dialog.getByRole("button", { name: "Stay here" }))
    await userEvent.click(canvas.getByRole("button", { name: "Discard" }))
    await expect(canvas.getByLabelText("Title")).toHaveValue("Night drive")
    await expect(await canvas.findByText("Saved")).toBeVisible()
  },
}

export const NotReady: Story = {
  parameters: withProduct(aProduct({ cover_url: null }), [aProcessing(1)]),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("One is on its way: this takes a moment.")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Publish" })).toHaveAttribute("aria-disabled", "true")
  },
}

/** All looked well, and the server knew better. */
export const PublishRefused: Story = {
  parameters: withProduct(
    aProduct(),
    two(),
    answer("post", "/marketplace/products/:id/publish", () => fail(409, { code: "not_ready" })),
  ),
  play: async ({ canvas }) => {
    await canvas.findByText("Night drive (radio edit)")
    await userEvent.click(canvas.getByRole("button", { name: "Publish" }))
    await expect(await canvas.findByText(/no file of it that is ready yet/)).toBeVisible()
  },
}

export const Published: Story = {
  parameters: withProduct(aPublished(), two()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("On sale", { selector: "span" })).toBeVisible()
    await expect(canvas.getByRole("link", { name: "View product" })).toHaveAttribute(
      "href",
      `/products/${aProduct().id}`,
    )
    await expect(canvas.getByRole("button", { name: "Copy link to the product" })).toBeVisible()
    await expect(canvas.getByLabelText("Type")).toHaveTextContent("Track")
  },
}

export const Publishing: Story = {
  parameters: withProduct(
    aProduct(),
    two(),
    answer("post", "/marketplace/products/:id/publish", () => ok(aPublished())),
  ),
  play: async ({ canvas }) => {
    await canvas.findByText("Night drive (radio edit)")
    await userEvent.click(canvas.getByRole("button", { name: "Publish" }))
    await expect(await canvas.findByRole("link", { name: "View product" })).toBeVisible()
    await expect(await canvas.findByText("It is on sale now.")).toBeVisible()
  },
}

export const TakenDown: Story = {
  parameters: withProduct(
    aProduct({ status: "taken_down", takedown_reason: "The chorus is a recording of somebody else." }),
    two(),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/recording of somebody else/)).toBeVisible()
    await expect(canvas.getByLabelText("Title")).toBeDisabled()
    await expect(canvas.queryByRole("button", { name: "Save" })).toBeNull()
    await expect(canvas.queryByRole("button", { name: /Rename/ })).toBeNull()
  },
}

export const Processing: Story = {
  parameters: withProduct(aProduct(), [aFile(1), aProcessing(2), aProcessing(3)]),
  play: async ({ canvas }) => {
    await expect(await canvas.findAllByText(/In preparation/)).toHaveLength(2)
  },
}

const looked = { now: [aFile(1), aFailed(2)] }
export const FileFailed: Story = {
  beforeEach: () => {
    looked.now = [aFile(1), aFailed(2)]
  },
  parameters: withProduct(
    aProduct(),
    looked,
    answer("post", "/marketplace/products/:id/files/:file/retry", () => {
      looked.now = [aFile(1), aProcessing(2)]
      return ok(aProcessing(2))
    }),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/cannot be read. It may be damaged/)).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Try again" }))
    await expect(await canvas.findByText(/In preparation/)).toBeVisible()
  },
}
