// Following: at once, taken back when refused, and with what a guest and oneself see.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { session } from "../../lib/session"
import { aProfile, aUser } from "../../testing/fixtures"
import { answer, fail, ok, withApi } from "../../testing/handlers"
import { FollowButton } from "./FollowButton"

const meta = {
  title: "People/FollowButton",
  component: FollowButton,
  args: { username: "nova" },
  decorators: [
    (Story) => (
      <div className="p-6">
        <Story />
      </div>
    ),
  ],
  beforeEach: () => session.adopt({ user: { ...aUser, username: "ines" }, access_token: "not-a-token" }),
} satisfies Meta<typeof FollowButton>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  parameters: withApi(
    answer("put", "/users/:username/follow", () => ok({ following: true, follower_count: 1205 })),
    answer("delete", "/users/:username/follow", () => ok({ following: false, follower_count: 1204 })),
  ),
  play: async ({ canvas }) => {
    const follow = await canvas.findByRole("button", { name: "Follow nova" })
    await expect(canvas.getByText("1,204 followers")).toBeVisible()
    await userEvent.click(follow)
    await expect(await canvas.findByRole("button", { name: "Following nova" })).toHaveAttribute("aria-pressed", "true")
    await expect(canvas.getByText("1,205 followers")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Following nova" }))
    await expect(await canvas.findByText("1,204 followers")).toBeVisible()
  },
}

export const Following: Story = {
  parameters: withApi(answer("get", "/users/:username", () => ok(aProfile({ is_following: true })))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: "Following nova" })).toBeVisible()
  },
}

/** Shown at once, and taken back with the reason. */
export const Refused: Story = {
  parameters: withApi(
    answer("put", "/users/:username/follow", () => fail(429, { code: "rate_limited", error: "Slow down." })),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Follow nova" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Slow down.")
    await waitFor(() => expect(canvas.getByRole("button", { name: "Follow nova" })).toBeVisible())
    await expect(canvas.getByText("1,204 followers")).toBeVisible()
  },
}

export const Guest: Story = {
  beforeEach: () => session.forget(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Follow nova" })).toHaveAttribute("href", "/login?next=%2F")
  },
}

/** Nobody follows oneself. */
export const Own: Story = {
  args: { username: "ines" },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("1,204 followers")).toBeVisible()
    await expect(canvas.queryByRole("button")).toBeNull()
  },
}
