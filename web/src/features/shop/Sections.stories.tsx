// The shop as a part of other pages: what is new, and what one person sells.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent } from "storybook/test"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { aPage, aShopProduct } from "../../testing/shop"
import { NewInShop } from "./NewInShop"
import { Storefront } from "./Storefront"

const meta = {
  title: "Shop/Sections",
  component: Storefront,
  args: { username: "djamilah" },
  decorators: [
    (Story) => (
      <div className="p-4">
        <Story />
      </div>
    ),
  ],
} satisfies Meta<typeof Storefront>

export default meta
type Story = StoryObj<typeof meta>

const OF = "/users/:username/products"

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 3, name: "Night drive" })).toBeVisible()
    await expect(canvas.queryByRole("link", { name: /djamilah/ })).toBeNull()
    await userEvent.selectOptions(canvas.getByLabelText("Sort by"), "title")
    await expect(await canvas.findByRole("heading", { level: 3, name: "Night drive" })).toBeVisible()
  },
}

export const One: Story = {
  parameters: withApi(answer("get", OF, () => ok(aPage({ products: [aShopProduct()] })))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("1 product")).toBeVisible()
    await expect(canvas.queryByLabelText("Sort by")).toBeNull()
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", OF, () => ok(aPage({ products: [] })))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("What djamilah publishes stands here.")).toBeVisible()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", OF, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", OF, () => fail(503, { error: "Busy." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }

export const Newest: Story = {
  render: () => <NewInShop />,
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 3, name: "Night drive" })).toBeVisible()
    await expect(canvas.getByRole("link", { name: "See the whole shop" })).toHaveAttribute("href", "/shop")
  },
}

export const NewestEmpty: Story = {
  render: () => <NewInShop />,
  parameters: withApi(answer("get", "/marketplace/products", () => ok(aPage({ products: [] })))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("veza demo")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "Sell something" })).toBeVisible()
  },
}

export const NewestError: Story = {
  render: () => <NewInShop />,
  parameters: withApi(answer("get", "/marketplace/products", () => fail(503, { error: "Busy." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export const NewestLoading: Story = {
  render: () => <NewInShop />,
  parameters: withApi(answer("get", "/marketplace/products", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}
