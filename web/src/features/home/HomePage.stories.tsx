// The first page, with a stand-in for who is live.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect } from "storybook/test"
import { session } from "../../lib/session"
import { aUser } from "../../testing/fixtures"
import { HomePage } from "./HomePage"

const meta = {
  title: "Pages/Home",
  component: HomePage,
  args: { live: <p>Who is live stands here.</p> },
} satisfies Meta<typeof HomePage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Create an account" })).toBeVisible()
  },
}

export const SignedIn: Story = {
  play: async ({ canvas }) => {
    session.adopt({ user: aUser, access_token: "not-a-token" })
    await expect(await canvas.findByRole("link", { name: "Go live" })).toBeVisible()
  },
}
