// One product, as strangers, its buyers, its seller and the staff see it.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { player } from "../../../lib/player"
import { session } from "../../../lib/session"
import type { PublicProduct, User } from "../../../lib/types"
import { aUser } from "../../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import { ON_PHONE } from "../../../testing/phone"
import { Sound } from "../../../testing/Sound"
import { aLicensed, aShopFile, aShopProduct, aStanding, noReviews } from "../../../testing/shop"
import { Button } from "../../../ui/Button"
import { ProductPage } from "./ProductPage"

const PRODUCT = "/marketplace/products/:id"
const signIn =
  (change: Partial<User> = {}) =>
  () =>
    session.adopt({ user: { ...aUser, ...change }, access_token: "not-a-token" })
const mine = { seller: { id: aUser.id, username: aUser.username } }
const showing = (product: PublicProduct, ...own: Parameters<typeof withApi>) =>
  withApi(
    ...own,
    answer("get", PRODUCT, () => ok(product)),
  )

const meta = {
  title: "Pages/Product",
  component: ProductPage,
  args: {
    productId: aShopProduct().id,
    buy: ({ license, short }) => (short ? <Button>Buy it</Button> : <p>Buys {license?.name ?? "it"}</p>),
  },
  decorators: [
    (Story) => (
      <>
        <Story />
        <Sound />
      </>
    ),
  ],
  beforeEach: () => {
    session.forget()
    return player.close
  },
} satisfies Meta<typeof ProductPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  beforeEach: signIn(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: "Night drive" })).toBeVisible()
    await expect(document.title).toBe("Night drive – djamilah · Veza")
    await expect(canvas.getByRole("link", { name: "by djamilah" })).toHaveAttribute("href", "/u/djamilah")
    await expect(canvas.getByRole("link", { name: "afro house" })).toHaveAttribute("href", "/shop?tag=afro+house")
    await expect(await canvas.findByText("2 WAV files")).toBeVisible()
    await expect(canvas.getByText(/ISRC FRX872600001/)).toBeVisible()
    await expect(canvas.getAllByText("Preview: 30 s from 1:00")).toHaveLength(3)
    await expect(canvas.getByText("Buys it")).toBeVisible()
    await expect(await canvas.findByText("31 reviews")).toBeVisible()
  },
}

/** Plays a track; its waveform is a slider over what the preview plays. */
export const Listens: Story = {
  beforeEach: signIn(),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Play Night drive (beatless)" }))
    await waitFor(() => expect(player.get().phase).toBe("playing"))
    player.pause()
    player.seek(0)
    const slider = canvas.getByRole("slider", { name: "Position in the preview of Night drive (beatless)" })
    slider.focus()
    await userEvent.keyboard("{ArrowRight}{ArrowRight}")
    await waitFor(() => expect(slider).toHaveAttribute("aria-valuetext", "0:10 of 0:30"))
    // Moving on the waveform of another track plays that one from there.
    canvas.getByRole("slider", { name: "Position in the preview of Night drive" }).focus()
    await userEvent.keyboard("{ArrowRight}")
    await waitFor(() => expect(player.current()?.title).toBe("Night drive"))
    await waitFor(() => expect(player.position()).toBeGreaterThanOrEqual(5))
  },
}

export const Licences: Story = {
  beforeEach: signIn(),
  parameters: showing(aLicensed()),
  play: async ({ canvas }) => {
    const exclusive = await canvas.findByRole("radio", { name: /Exclusive rights/ })
    await expect(canvas.getByRole("radio", { name: /MP3 lease/ })).toBeChecked()
    await userEvent.click(exclusive)
    const price = within(canvas.getByRole("region", { name: "Price" }))
    await expect(price.getAllByText("€400.00")).toHaveLength(2)
    await expect(price.getByText("Buys Exclusive rights")).toBeVisible()
    const [terms] = price.getAllByText("Terms and files", { exact: false, selector: "summary" })
    if (terms) await userEvent.click(terms)
    await expect(price.getByText("Gives Night drive")).toBeVisible()
  },
}

export const Own: Story = {
  beforeEach: signIn(),
  parameters: showing(aShopProduct(mine)),
  play: async ({ canvas }) => {
    const [edit] = await canvas.findAllByRole("link", { name: "Edit" })
    await expect(edit).toHaveAttribute("href", `/sell/products/${aShopProduct().id}`)
    await expect(canvas.queryByRole("button", { name: /^Buy/ })).toBeNull()
  },
}

export const Owned: Story = {
  beforeEach: signIn(),
  parameters: showing(
    aLicensed(),
    answer("get", `${PRODUCT}/standing`, () =>
      ok(aStanding({ is_owned: true, owned_license_ids: [aLicensed().licenses[1]?.id ?? ""] })),
    ),
  ),
  play: async ({ canvas }) => {
    const owned = await canvas.findByRole("link", { name: "In your library" })
    await expect(owned).toHaveAttribute("href", "/library")
    await expect(await canvas.findByText("Yours")).toBeVisible()
    await expect(canvas.getByRole("radio", { name: /WAV lease/ })).toBeChecked()
    // A licence is owned for itself: another one can still be bought.
    await userEvent.click(canvas.getByRole("radio", { name: /Exclusive rights/ }))
    await expect(canvas.getByText("Buys Exclusive rights")).toBeVisible()
    await expect(canvas.getByText(/You bought this before/)).toBeVisible()
  },
}

export const Draft: Story = {
  beforeEach: signIn(),
  parameters: showing(aShopProduct({ ...mine, status: "draft", published_at: null })),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/This is a draft/)).toBeVisible()
  },
}

export const Archived: Story = {
  beforeEach: signIn(),
  parameters: showing(aShopProduct({ ...mine, status: "archived" })),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/This product is off sale/)).toBeVisible()
  },
}

/** Its seller reads why. */
export const TakenDown: Story = {
  beforeEach: signIn(),
  parameters: showing(
    aShopProduct({ ...mine, status: "taken_down", takedown_reason: "The chorus is somebody else’s recording." }),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Reason: The chorus is somebody else’s recording.")).toBeVisible()
  },
}

let down = false

/** Staff takes a product down, with a reason, and gives it back. */
export const Staff: Story = {
  beforeEach: () => {
    down = false
    signIn({ role: "moderator" })()
  },
  parameters: withApi(
    answer("get", PRODUCT, () => ok(aShopProduct({ status: down ? "taken_down" : "published" }))),
    answer("post", "/admin/products/:id/takedown", () => {
      down = true
      return ok(aShopProduct({ status: "taken_down" }))
    }),
    answer("post", "/admin/products/:id/restore", () => {
      down = false
      return ok(aShopProduct({ status: "archived" }))
    }),
  ),
  play: async ({ canvas }) => {
    const body = within(document.body)
    await userEvent.click(await canvas.findByRole("button", { name: "Take down" }))
    const dialog = within(await body.findByRole("alertdialog"))
    await userEvent.click(dialog.getByRole("button", { name: "Take down" }))
    await expect(dialog.getByText("Write why.")).toBeVisible()
    await userEvent.type(dialog.getByLabelText("Reason"), "A stolen chorus.")
    await userEvent.click(dialog.getByRole("button", { name: "Take down" }))
    await expect(await canvas.findByText(/This product was taken down/)).toBeVisible()
    await userEvent.click(await canvas.findByRole("button", { name: "Restore" }))
    const question = within(await body.findByRole("alertdialog", { name: "Give this product back?" }))
    await userEvent.click(question.getByRole("button", { name: "Restore" }))
    await expect(await body.findByText("Restored. Its seller may publish it again.")).toBeVisible()
  },
}

export const Service: Story = {
  beforeEach: signIn(),
  parameters: showing(
    aShopProduct({
      title: "Mixing, per song",
      type: "service",
      price_cents: 12_000,
      preview_url: null,
      cover_url: null,
      rating_average: null,
      rating_count: 0,
    }),
    answer("get", `${PRODUCT}/files`, () => ok({ files: [], total: 0 })),
    answer("get", `${PRODUCT}/reviews`, () => ok(noReviews())),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No reviews yet. Whoever buys this can write one.")).toBeVisible()
    await expect(canvas.queryByRole("heading", { name: "What you get" })).toBeNull()
  },
}

/** A file that is not ready is its seller's business, and one without a preview says so. */
export const OddFiles: Story = {
  beforeEach: signIn(),
  parameters: withApi(
    answer("get", `${PRODUCT}/files`, () =>
      ok({
        files: [aShopFile(1, { preview_url: null }), aShopFile(2, { status: "processing", peaks: null })],
        total: 2,
      }),
    ),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No preview")).toBeVisible()
    await expect(canvas.queryByRole("slider")).toBeNull()
    await expect(canvas.getByRole("heading", { level: 2, name: "Track" })).toBeVisible()
  },
}

/** The price and what to do about it stay in sight, above the tabs. */
export const Phone: Story = {
  ...ON_PHONE,
  beforeEach: signIn(),
  play: async ({ canvas }) => {
    await canvas.findByRole("heading", { level: 1 })
    await canvas.findByText("2 WAV files")
    await expect(canvas.getByRole("button", { name: "Buy it" })).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", PRODUCT, never)),
  beforeEach: signIn(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

export const NotFound: Story = {
  parameters: withApi(answer("get", PRODUCT, () => fail(404, { code: "not_found", error: "No such product." }))),
  beforeEach: signIn(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("There is no such product here")).toBeVisible()
    await expect(document.title).toBe("No such product · Veza")
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", PRODUCT, () => fail(503, { error: "Busy. Try again in a moment." }))),
  beforeEach: signIn(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
    await expect(canvas.getByText("req_0000example")).toBeVisible()
  },
}

export { ErrorStory as Error }

export const FilesError: Story = {
  parameters: withApi(answer("get", `${PRODUCT}/files`, () => fail(503, { error: "Busy." }))),
  beforeEach: signIn(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The tracks could not be read")).toBeVisible()
    await expect(canvas.getByRole("heading", { level: 1 })).toBeVisible()
  },
}
