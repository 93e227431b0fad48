// Everything on sale, as it is found, narrowed and listened into.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { player } from "../../lib/player"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ON_PHONE } from "../../testing/phone"
import { Sound } from "../../testing/Sound"
import { aPage, aShopProduct, someShopProducts } from "../../testing/shop"
import { Catalogue } from "./Catalogue"

const meta = {
  title: "Pages/Shop",
  component: Catalogue,
  args: { filter: {}, onFilter: fn() },
  beforeEach: () => player.close,
} satisfies Meta<typeof Catalogue>

export default meta
type Story = StoryObj<typeof meta>

const list = (page: ReturnType<typeof aPage>) => withApi(answer("get", "/marketplace/products", () => ok(page)))
const nothing = list(aPage({ products: [], total: 0 }))

export const Default: Story = {
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByRole("heading", { level: 2, name: "Night drive" })).toBeVisible()
    await expect(canvas.getByText("8 products")).toBeVisible()
    await expect(canvas.getByText("€9.00")).toBeVisible()
    await expect(canvas.getByText("Free")).toBeVisible()
    await expect(canvas.getByText("from €25.00")).toBeVisible()
    await expect(canvas.getByText("That is all of it.")).toBeVisible()
    await userEvent.type(canvas.getByRole("searchbox"), " jazz {Enter}")
    await expect(args.onFilter).toHaveBeenCalledWith({ search: "jazz", sort: "relevance" })
  },
}

/** A card plays in its place; what follows it in the list follows in the queue. */
export const Plays: Story = {
  decorators: [
    (Story) => (
      <>
        <Story />
        <Sound />
      </>
    ),
  ],
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Play Concrete garden" }))
    await expect(await canvas.findByRole("button", { name: "Pause Concrete garden" })).toBeVisible()
    await waitFor(() => expect(player.get().phase).toBe("playing"))
    player.next()
    await expect(await canvas.findByRole("button", { name: "Pause Tape loops, volume two" })).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Pause Tape loops, volume two" }))
    await waitFor(() => expect(player.get().phase).toBe("paused"))
  },
}

/** The filters of phones stand in a sheet. */
export const Sheet: Story = {
  ...ON_PHONE,
  args: { filter: { search: "tape", tag: "night", sort: "relevance" } },
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Filters (2)" }))
    const sheet = within(await within(document.body).findByRole("dialog"))
    await userEvent.selectOptions(sheet.getByLabelText("Kind"), "beat")
    await expect(args.onFilter).toHaveBeenLastCalledWith({
      search: "tape",
      tag: "night",
      sort: "relevance",
      type: "beat",
    })
    await userEvent.click(sheet.getByRole("button", { name: "Show what fits" }))
    await userEvent.click(await canvas.findByRole("button", { name: "Remove “tape”" }))
    await expect(args.onFilter).toHaveBeenLastCalledWith({ tag: "night" })
  },
}

/** A page at a time, by cursor; the first page stays where it is. */
export const More: Story = {
  parameters: withApi(
    http.get("/api/v1/marketplace/products", ({ request }) => {
      const cursor = new URL(request.url).searchParams.get("cursor")
      const all = someShopProducts()
      const late = aShopProduct({ id: "0190f000-0000-7000-8000-000000000099", title: "The very last" })
      return ok(
        cursor
          ? aPage({ products: [late], total: 1001, total_capped: true })
          : aPage({ products: all, total: 1001, total_capped: true, next_cursor: "opaque" }),
      ) as never
    }),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("More than 1,000 products")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Load more" }))
    await expect(await canvas.findByRole("heading", { name: "The very last" })).toBeVisible()
    await expect(canvas.getByText("That is all of it.")).toBeVisible()
    await expect(canvas.getAllByRole("article")).toHaveLength(9)
  },
}

export const NoResult: Story = {
  args: { filter: { search: "choir", max_price: 500 } },
  parameters: nothing,
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Clear all filters" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Empty: Story = {
  parameters: nothing,
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing is sold here yet")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Copy the command" }))
    await expect(await navigator.clipboard.readText()).toBe("veza demo")
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/marketplace/products", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(
    answer("get", "/marketplace/products", () => fail(503, { error: "Busy. Try again in a moment." })),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
    await expect(canvas.getByText("req_0000example")).toBeVisible()
  },
}

export { ErrorStory as Error }

/** The next page failed: what is there stays, and only the rest is asked for again. */
export const MoreFails: Story = {
  parameters: withApi(
    http.get("/api/v1/marketplace/products", ({ request }) =>
      new URL(request.url).searchParams.has("cursor")
        ? (fail(503, { error: "Busy." }) as never)
        : (ok(aPage({ next_cursor: "opaque" })) as never),
    ),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Load more" }))
    await expect(await canvas.findByText("No more could be read")).toBeVisible()
    await expect(canvas.getAllByRole("article")).toHaveLength(8)
  },
}

/** Two columns at 360 px, and nothing pushes sideways. */
export const Phone: Story = {
  ...ON_PHONE,
  play: async ({ canvas }) => {
    const [first, second] = await canvas.findAllByRole("article")
    await expect(globalThis.innerWidth).toBe(360)
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
    await expect(first?.getBoundingClientRect().top).toBe(second?.getBoundingClientRect().top)
  },
}
