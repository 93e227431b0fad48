// Deleting a message with five seconds to think again, and what becomes of it when nobody does.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { type ReactNode, useState } from "react"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { aStream } from "../../../testing/fixtures"
import { answer, fail, withChat } from "../../../testing/handlers"
import { as, asked, asking, choose, page, row, signIn, studioK } from "../../../testing/moderating"
import { Button } from "../../../ui/Button"
import { LiveViewChat } from "./LiveViewChat"
import { useLiveStreamChat } from "./useLiveStreamChat"

function Panel(): ReactNode {
  const chat = useLiveStreamChat(aStream().id)
  const [open, setOpen] = useState(true)
  return (
    <div className="mx-auto grid h-160 max-w-sm grid-rows-[1fr_auto] gap-2 p-4">
      {open ? <LiveViewChat chat={chat} className="h-full" /> : <p>Closed</p>}
      <Button onClick={() => setOpen(false)}>Close the panel</Button>
    </div>
  )
}

const meta = {
  title: "Live/LiveViewChat deletion",
  component: Panel,
} satisfies Meta<typeof Panel>

export default meta
type Story = StoryObj<typeof meta>

const UNDO = { name: "Undo: the message of ines" }
/** The five seconds, with room for a busy machine. */
const OVER = { timeout: 9000 }

const undoing = as("moderator", studioK)
/** Taken back with the keyboard alone: nothing was ever asked of the server. */
export const Undo: Story = {
  parameters: withChat(undoing, asking),
  beforeEach: signIn(undoing, studioK),
  play: async ({ canvas }) => {
    await choose(10, "Delete message")
    await expect(within(row(10)).getByText("Message deleted")).toBeVisible()
    await expect(row(10)).toHaveFocus()
    const undo = await canvas.findByRole("button", UNDO)
    await expect(undo.closest("[role=status]")).toHaveTextContent("Deleted: the message of ines")
    canvas.getByRole("textbox", { name: "Message" }).focus()
    await userEvent.tab({ shift: true })
    await expect(undo).toHaveFocus()
    await userEvent.keyboard("{Enter}")
    await expect(row(10)).toHaveTextContent("Welcome in, everybody")
    await expect(row(10)).toHaveFocus()
    await expect(canvas.queryByRole("button", UNDO)).toBeNull()
    await expect(asked).toEqual([])
  },
}

const leaving = as("moderator", studioK)
/** A panel that closes does not wait: what was deleted is deleted. */
export const Leaving: Story = {
  parameters: withChat(leaving, asking),
  beforeEach: signIn(leaving, studioK),
  play: async ({ canvas }) => {
    await choose(10, "Delete message")
    await choose(13, "Delete message")
    await expect(await canvas.findByRole("button", { name: "Undo: the message of djamilah" })).toBeVisible()
    await expect(asked).toEqual([])
    await userEvent.click(canvas.getByRole("button", { name: "Close the panel" }))
    await waitFor(() => expect(asked.toSorted()).toEqual([deleting(10), deleting(13)]))
  },
}

const deleting = (seq: number): string => `DELETE messages/0190d000-0000-7000-8000-${String(seq).padStart(12, "0")}`

const faster = as("moderator", studioK)
/** Another moderator deleted it meanwhile: there is nothing to take back, and nothing to ask for. */
export const SomebodyWasFaster: Story = {
  parameters: withChat(faster, asking),
  beforeEach: signIn(faster, studioK),
  play: async ({ canvas }) => {
    await choose(10, "Delete message")
    await expect(await canvas.findByRole("button", UNDO)).toBeVisible()
    faster.push({ type: "message_deleted", message_id: row(10).dataset.messageId ?? "" })
    await waitFor(() => expect(canvas.queryByRole("button", UNDO)).toBeNull())
    await expect(within(row(10)).getByText("Message deleted")).toBeVisible()
    await expect(asked).toEqual([])
  },
}

const refusing = as("moderator", studioK)
/** What the server does not allow is said in the chat, and the line comes back. */
export const NotAllowed: Story = {
  parameters: withChat(
    refusing,
    answer("delete", "/live/streams/:id/chat/messages/:message", () =>
      fail(403, { code: "forbidden", error: "You may not delete this message." }),
    ),
  ),
  beforeEach: signIn(refusing, studioK),
  play: async ({ canvas }) => {
    await choose(10, "Delete message")
    await expect(within(row(10)).getByText("Message deleted")).toBeVisible()
    await expect(await canvas.findByRole("alert", {}, OVER)).toHaveTextContent(
      "The message of ines was not deleted. You may not delete this message.",
    )
    await expect(within(row(10)).queryByText("Message deleted")).toBeNull()
    await expect(page().queryByRole("button", UNDO)).toBeNull()
  },
}
