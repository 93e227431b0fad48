// What I sell, in each state of the list.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { signedIn, someProducts } from "../../testing/selling"
import { ProductsPage } from "./ProductsPage"

const meta = {
  title: "Selling/Products",
  component: ProductsPage,
  args: { filter: {}, onFilter: fn() },
  beforeEach: signedIn,
} satisfies Meta<typeof ProductsPage>

export default meta
type Story = StoryObj<typeof meta>

const list = (products = someProducts(), total = products.length) =>
  answer("get", "/sell/products", () => ok({ products, total, limit: 20, offset: 0 }))

export const Default: Story = {
  parameters: withApi(list()),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Edit Night drive" })).toBeVisible()
    await expect(canvas.getAllByText("€4.50")).toHaveLength(2)
    await expect(canvas.getByText("2 in preparation")).toBeVisible()
    await expect(canvas.getByText("1 failed")).toBeVisible()
    await expect(canvas.getByText(/recording of somebody else/)).toBeVisible()
    await expect(canvas.queryByRole("button", { name: "Publish Borrowed chorus" })).toBeNull()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/sell/products", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

export const Empty: Story = {
  parameters: withApi(list([])),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Sell your first work")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "Create a product" })).toHaveAttribute("href", "/sell/products/new")
  },
}

export const NothingFound: Story = {
  args: { filter: { status: "archived", search: "nothing" } },
  parameters: withApi(list([])),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show all products" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/sell/products", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }

export const Denied: Story = {
  parameters: withApi(answer("get", "/sell/products", () => fail(403, { error: "Confirm your address first." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("You may not sell here")).toBeVisible()
  },
}

/** Typing searches after a moment, the filter and the pages at once. */
export const Filtered: Story = {
  args: { filter: { offset: 20 } },
  parameters: withApi(list(someProducts(), 46)),
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByText("21 to 40 of 46")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Back" }))
    await expect(args.onFilter).toHaveBeenCalledWith({ offset: undefined })
    await userEvent.click(canvas.getByRole("button", { name: "Next" }))
    await expect(args.onFilter).toHaveBeenCalledWith({ offset: 40 })
    await userEvent.selectOptions(canvas.getByLabelText("Status"), "draft")
    await expect(args.onFilter).toHaveBeenCalledWith({ status: "draft" })
    await userEvent.type(canvas.getByLabelText("Search your products"), "tape")
    await waitFor(() => expect(args.onFilter).toHaveBeenCalledWith({ search: "tape" }))
  },
}

/** Publishing asks first; what the server refuses is said where it was asked. */
export const PublishRefused: Story = {
  parameters: withApi(
    list(),
    answer("post", "/marketplace/products/:id/publish", () =>
      fail(409, { code: "not_ready", error: "Add a file and wait until it is ready; then publish." }),
    ),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Publish Concrete garden (92 BPM)" }))
    const dialog = within(await within(document.body).findByRole("alertdialog"))
    await waitFor(() => expect(dialog.getByRole("button", { name: "Not yet" })).toHaveFocus())
    await userEvent.click(dialog.getByRole("button", { name: "Publish" }))
    await expect(await dialog.findByRole("alert")).toHaveTextContent("wait until it is ready")
  },
}

export const Archived: Story = {
  parameters: withApi(
    list(),
    answer("delete", "/marketplace/products/:id", () => ok({})),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Archive Night drive" }))
    const dialog = within(await within(document.body).findByRole("alertdialog"))
    await userEvent.click(dialog.getByRole("button", { name: "Archive" }))
    await expect(await canvas.findByText("It is off sale now.")).toBeVisible()
  },
}
