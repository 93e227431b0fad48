// The filters by themselves: each choice acts at once, a price when it is sent.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, fn, userEvent } from "storybook/test"
import { Filters } from "./Filters"

const meta = {
  title: "Shop/Filters",
  component: Filters,
  args: { filter: {}, onFilter: fn() },
  decorators: [
    (Story) => (
      <div className="p-4">
        <Story />
      </div>
    ),
  ],
} satisfies Meta<typeof Filters>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas, args }) => {
    await userEvent.selectOptions(canvas.getByLabelText("Sort by"), "price_asc")
    await expect(args.onFilter).toHaveBeenLastCalledWith({ sort: "price_asc" })
    await expect(canvas.queryByRole("option", { name: "Best match" })).toBeNull()
  },
}

export const Price: Story = {
  args: { filter: { search: "tape", sort: "relevance", max_price: 1250 } },
  play: async ({ canvas, args }) => {
    await expect(canvas.getByRole("option", { name: "Best match" })).toBeInTheDocument()
    await expect(canvas.getByLabelText("To (€)")).toHaveValue("12.50")
    await userEvent.type(canvas.getByLabelText("From (€)"), "five")
    await userEvent.click(canvas.getByRole("button", { name: "Set price" }))
    await expect(canvas.getByRole("alert")).toHaveTextContent("Type an amount")
    await userEvent.clear(canvas.getByLabelText("From (€)"))
    await userEvent.type(canvas.getByLabelText("From (€)"), "20")
    await userEvent.click(canvas.getByRole("button", { name: "Set price" }))
    await expect(canvas.getByRole("alert")).toHaveTextContent("above the second")
    await userEvent.clear(canvas.getByLabelText("From (€)"))
    await userEvent.type(canvas.getByLabelText("From (€)"), "5{Enter}")
    await expect(args.onFilter).toHaveBeenLastCalledWith({
      search: "tape",
      sort: "relevance",
      min_price: 500,
      max_price: 1250,
    })
  },
}
