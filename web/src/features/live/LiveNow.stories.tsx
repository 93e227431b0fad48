// "Live now" as a section.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect } from "storybook/test"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { LiveNow } from "./LiveNow"

const meta = {
  title: "Live/LiveNow",
  component: LiveNow,
  decorators: [
    (Story) => (
      <div className="p-6">
        <Story />
      </div>
    ),
  ],
} satisfies Meta<typeof LiveNow>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: /Late night modular/ })).toBeVisible()
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", "/live/streams", () => ok({ streams: [], total: 0, limit: 6, offset: 0 }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Be the first" })).toBeVisible()
  },
}

export const Loading: Story = { parameters: withApi(answer("get", "/live/streams", never)) }

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/live/streams", () => fail(500))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toBeVisible()
  },
}

export { ErrorStory as Error }
