// What I own, and getting it.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, fn, userEvent, waitFor } from "storybook/test"
import { session } from "../../lib/session"
import { aUser } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
import { aLibraryItem } from "../../testing/shop"
import { LibraryPage } from "./LibraryPage"

const LIST = "/marketplace/library"
const LINK = "/marketplace/library/:item/files/:file/download"
const items = (...own: ReturnType<typeof aLibraryItem>[]) => ok({ items: own, total: own.length, limit: 20, offset: 0 })

const meta = {
  title: "Pages/Library",
  component: LibraryPage,
  beforeEach: () => session.adopt({ user: aUser, access_token: "not-a-token" }),
} satisfies Meta<typeof LibraryPage>

export default meta
type Story = StoryObj<typeof meta>

const followed = fn()

/** The link is asked for when it is wanted, and followed without leaving the page. */
export const Default: Story = {
  parameters: withApi(answer("get", LINK, () => ok({ url: "/downloads/opaque", expires_at: "2026-03-01T10:00:00Z" }))),
  beforeEach: () => {
    const { click } = HTMLAnchorElement.prototype
    followed.mockClear()
    HTMLAnchorElement.prototype.click = function follow() {
      followed(this.getAttribute("href"), this.hasAttribute("download"))
    }
    return () => {
      HTMLAnchorElement.prototype.click = click
    }
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("2 purchases")).toBeVisible()
    await expect(canvas.getByText("MP3 lease")).toBeVisible()
    await expect(canvas.getAllByRole("link", { name: /^order …/ })[0]).toHaveAttribute(
      "href",
      `/orders/${aLibraryItem(1).order_id}`,
    )
    await userEvent.click(canvas.getByRole("button", { name: "Download Liner notes" }))
    await waitFor(() => expect(followed).toHaveBeenCalledWith("/downloads/opaque", true))
  },
}

export const Busy: Story = {
  parameters: withApi(answer("get", LINK, never)),
  play: async ({ canvas }) => {
    const button = await canvas.findByRole("button", { name: "Download Liner notes" })
    await userEvent.click(button)
    await waitFor(() => expect(button).toHaveAttribute("aria-busy", "true"))
  },
}

/** A file that is gone, and a link that ran out, in words. */
export const Gone: Story = {
  parameters: withApi(answer("get", LINK, () => fail(404, { code: "not_found", error: "Not found." }))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Download Liner notes" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("This file is no longer there.")
  },
}

export const RanOut: Story = {
  parameters: withApi(answer("get", LINK, () => fail(410, { code: "gone", error: "Gone." }))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Download Liner notes" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The link ran out")
  },
}

/** A refund or a dispute of it is under way. */
export const Suspended: Story = {
  parameters: withApi(answer("get", LINK, () => fail(409, { code: "download_suspended", error: "Not now." }))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Download Liner notes" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("until that is decided")
  },
}

/** Off sale or not makes no difference to who owns it. */
export const OffSale: Story = {
  parameters: withApi(
    answer("get", LIST, () => {
      const item = aLibraryItem(1)
      return items({ ...item, product: { ...item.product, is_on_sale: false }, files: [] })
    }),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/no longer on sale; it stays yours/)).toBeVisible()
    await expect(canvas.getByText("There is nothing to download.")).toBeVisible()
  },
}

export const More: Story = {
  parameters: withApi(
    http.get("/api/v1/marketplace/library", ({ request }) => {
      const offset = Number(new URL(request.url).searchParams.get("offset"))
      return ok({ items: [aLibraryItem(offset + 1)], total: 2, limit: 20, offset }) as never
    }),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Load more" }))
    await waitFor(() => expect(canvas.getAllByRole("article")).toHaveLength(2))
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  play: async ({ canvas }) => {
    await canvas.findByText("2 purchases")
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", LIST, () => items())),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Go to the shop" })).toHaveAttribute("href", "/shop")
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", LIST, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", LIST, () => fail(503, { error: "Busy." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }
