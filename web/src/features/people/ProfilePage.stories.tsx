// Somebody's public page.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect } from "storybook/test"
import { session } from "../../lib/session"
import { aProfile, aUser } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { ProfilePage } from "./ProfilePage"

const meta = {
  title: "Pages/Profile",
  component: ProfilePage,
  args: { username: "nova" },
  beforeEach: () => session.adopt({ user: { ...aUser, username: "ines" }, access_token: "not-a-token" }),
} satisfies Meta<typeof ProfilePage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: "Nova" })).toBeVisible()
    await expect(canvas.getByText("1,204 followers")).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Follow nova" })).toBeVisible()
    await expect(canvas.getByRole("link", { name: "nova.example/music" })).toHaveAttribute(
      "rel",
      "nofollow ugc noopener noreferrer",
    )
  },
}

/** A link that is no address of the web is not one to follow. */
export const OddLinks: Story = {
  parameters: withApi(answer("get", "/users/:username", () => ok(aProfile({ links: ["javascript:alert(1)"] })))),
  play: async ({ canvas }) => {
    await canvas.findByRole("heading", { level: 1, name: "Nova" })
    await expect(canvas.queryByRole("link")).toBeNull()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/users/:username", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

export const NotFound: Story = {
  parameters: withApi(answer("get", "/users/:username", () => fail(404, { code: "not_found", error: "Nobody." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("There is nobody of that name here")).toBeVisible()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/users/:username", () => fail(503, { error: "Busy. Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }

export const Mobile: Story = {
  decorators: [
    (Story) => (
      <div className="w-90">
        <Story />
      </div>
    ),
  ],
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByRole("heading", { level: 1 })
    const frame = canvasElement.querySelector(".w-90")
    await expect(frame?.scrollWidth).toBeLessThanOrEqual(frame?.clientWidth ?? 0)
  },
}
