// One person's recent messages, for those who moderate.
import type { Meta, StoryObj } from "@storybook/react-vite"
import type { ReactNode } from "react"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { aMessage } from "../../../testing/chat"
import { aStream } from "../../../testing/fixtures"
import { answer, fail, withChat } from "../../../testing/handlers"
import { as, asked, asking, choose, nova, openMenu, page, row, signIn, studioK } from "../../../testing/moderating"
import { LiveViewChat } from "./LiveViewChat"
import { useLiveStreamChat } from "./useLiveStreamChat"

function Panel(): ReactNode {
  const chat = useLiveStreamChat(aStream().id)
  return (
    <div className="mx-auto h-160 max-w-sm p-4">
      <LiveViewChat chat={chat} className="h-full" />
    </div>
  )
}

const meta = {
  title: "Live/LiveViewChat recent messages",
  component: Panel,
} satisfies Meta<typeof Panel>

export default meta
type Story = StoryObj<typeof meta>

/** Opens djamilah's: 13, 7 and 1. */
async function open() {
  await choose(13, "Recent from this user")
  const found = await page().findByRole("dialog", { name: "Recent from djamilah" })
  return { found, dialog: within(found), lines: () => within(found).getAllByRole("listitem") }
}

const undo = /^Undo: /
const remove = /^Delete: /

const listing = as("moderator", studioK)
/** Newest first, with how far back it looks; it follows the conversation. Each can be deleted, and taken back. */
export const Recent: Story = {
  parameters: withChat(listing, asking),
  beforeEach: signIn(listing, studioK),
  play: async () => {
    const { dialog, lines } = await open()
    await expect(dialog.getByText(/^Out of the messages on this page, back to .*2026/)).toBeVisible()
    await expect(lines()).toHaveLength(3)
    await expect(lines()[0]).toHaveTextContent(aMessage(13).content)
    await expect(lines()[2]).toHaveTextContent(aMessage(1).content)
    const { user } = aMessage(1)
    listing.say({ user, content: "one more thing" })
    await waitFor(() => expect(lines()[0]).toHaveTextContent("one more thing"))

    // By keyboard: the button becomes the way back and keeps the focus.
    dialog.getByRole("button", { name: "Delete: one more thing" }).focus()
    await userEvent.keyboard("{Enter}")
    await expect(lines()[0]).toHaveTextContent("Message deleted")
    await expect(dialog.getByRole("button", { name: "Undo: one more thing" })).toHaveFocus()
    await expect(dialog.getByRole("status")).toHaveTextContent("Message deleted")
    await userEvent.keyboard("{Enter}")
    await expect(lines()[0]).toHaveTextContent("one more thing")
    await expect(asked).toEqual([])

    await userEvent.keyboard("{Escape}")
    await waitFor(() => expect(page().queryByRole("dialog")).toBeNull())
    await waitFor(() => expect(row(13).contains(document.activeElement)).toBe(true))
  },
}

const emptied = as("host", nova)
/** All of them deleted: the server hears of each, and the list says that nothing is left. */
export const Emptied: Story = {
  parameters: withChat(emptied, asking),
  beforeEach: signIn(emptied, nova),
  play: async () => {
    const { found, dialog } = await open()
    for (const button of dialog.getAllByRole("button", { name: remove })) await userEvent.click(button)
    await expect(dialog.getAllByRole("button", { name: undo })).toHaveLength(3)
    const nothing = await dialog.findByText("Nothing of djamilah is left on this page.", {}, { timeout: 9000 })
    await expect(nothing).toBeVisible()
    await waitFor(() => expect(asked).toHaveLength(3))
    await expect(found.contains(document.activeElement)).toBe(true)
  },
}

const refused = as("moderator", studioK)
/** What fails is said where one looks. */
export const Refused: Story = {
  parameters: withChat(
    refused,
    answer("delete", "/live/streams/:id/chat/messages/:message", () =>
      fail(403, { code: "forbidden", error: "You may not delete this message." }),
    ),
  ),
  beforeEach: signIn(refused, studioK),
  play: async () => {
    const { dialog, lines } = await open()
    await userEvent.click(dialog.getAllByRole("button", { name: remove })[0] as HTMLElement)
    await expect(await dialog.findByRole("alert", {}, { timeout: 9000 })).toHaveTextContent(
      "You may not delete this message.",
    )
    await expect(lines()).toHaveLength(3)
    await expect(dialog.queryByRole("button", { name: undo })).toBeNull()
  },
}

const member = as("member", studioK)
/** Who does not moderate is not offered it. */
export const NotForMembers: Story = {
  parameters: withChat(member),
  beforeEach: signIn(member, studioK),
  play: async () => {
    const menu = await openMenu(13)
    await expect(menu.queryByRole("menuitem", { name: "Recent from this user" })).toBeNull()
  },
}
