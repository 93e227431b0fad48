// The dialog over a page whose session ended: what was typed below it stays.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../lib/session"
import { aUser } from "../../testing/fixtures"
import { answer, fail, withApi } from "../../testing/handlers"
import { SignedOutDialog } from "./SignedOutDialog"

const meta = {
  title: "Pages/SignedOutDialog",
  component: SignedOutDialog,
  parameters: withApi(answer("post", "/auth/refresh", () => fail(401, { code: "unauthenticated" }))),
  decorators: [
    (Story) => (
      <>
        <label className="block p-8">
          A note <input defaultValue="" className="border border-edge" />
        </label>
        <Story />
      </>
    ),
  ],
} satisfies Meta<typeof SignedOutDialog>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    const note = canvas.getByLabelText("A note")
    await userEvent.type(note, "half a sentence")
    session.adopt({ user: aUser, access_token: "not-a-token" })
    await session.refresh()
    const dialog = within(await within(document.body).findByRole("dialog"))
    await expect(dialog.getByLabelText("E-mail")).toHaveValue(aUser.email)
    await userEvent.type(dialog.getByLabelText("Password"), "a long false password")
    await userEvent.click(dialog.getByRole("button", { name: "Sign in" }))
    await waitFor(() => expect(session.get().status).toBe("in"))
    await expect(note).toHaveValue("half a sentence")
  },
}

export const Open: Story = {
  play: async () => {
    session.adopt({ user: aUser, access_token: "not-a-token" })
    await session.refresh()
    await expect(await within(document.body).findByRole("dialog")).toBeVisible()
  },
}
