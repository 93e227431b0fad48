// Pasting into the field: one line goes in at once, several ask first.
import type { Meta, StoryObj } from "@storybook/react-vite"
import type { ReactNode } from "react"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../../lib/session"
import { personId, someMessages } from "../../../testing/chat"
import { FakeChat } from "../../../testing/fakeChat"
import { aStream, aUser } from "../../../testing/fixtures"
import { withChat } from "../../../testing/handlers"
import { LiveViewChat } from "./LiveViewChat"
import { useLiveStreamChat } from "./useLiveStreamChat"

const ines = { id: personId(5), username: "ines" }
const chat = new FakeChat({ user: ines, joined: { messages: someMessages(6) } })

function Panel(): ReactNode {
  return (
    <div className="mx-auto h-160 max-w-sm p-4">
      <LiveViewChat chat={useLiveStreamChat(aStream().id)} className="h-full" />
    </div>
  )
}

const meta = {
  title: "Live/LiveViewChat pasting",
  component: Panel,
  parameters: withChat(chat),
  beforeEach: () => {
    chat.reset()
    session.adopt({ user: { ...aUser, ...ines }, access_token: "not-a-token" })
  },
} satisfies Meta<typeof Panel>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

/** What is written stays around what is pasted; the caret stands before "!". */
async function begun(canvas: Canvas): Promise<HTMLTextAreaElement> {
  const field = await canvas.findByRole<HTMLTextAreaElement>("textbox", { name: "Message" })
  await userEvent.type(field, "Tonight: !{ArrowLeft}")
  return field
}

const SET = "Kitchen tape\r\n\r\n  Harbour \nNight bus\n"
const QUESTION = { name: "Paste 3 lines as one message?" }

async function asked() {
  const found = await within(document.body).findByRole("alertdialog", QUESTION)
  await waitFor(() => expect(within(found).getByRole("button", { name: "Do not paste" })).toHaveFocus())
  return within(found)
}

const closed = () => waitFor(() => expect(within(document.body).queryByRole("alertdialog")).toBeNull())

export const OneLine: Story = {
  play: async ({ canvas }) => {
    const field = await begun(canvas)
    await userEvent.paste("Kitchen tape")
    await expect(field).toHaveValue("Tonight: Kitchen tape!")
    await expect(within(document.body).queryByRole("alertdialog")).toBeNull()
  },
}

export const Joined: Story = {
  play: async ({ canvas }) => {
    const field = await begun(canvas)
    await userEvent.paste(SET)
    const question = await asked()
    await expect(question.getByText("Kitchen tape Harbour Night bus")).toBeVisible()
    await expect(field).toHaveValue("Tonight: !")
    await userEvent.click(question.getByRole("button", { name: "Join as one line" }))
    await closed()
    await expect(field).toHaveValue("Tonight: Kitchen tape Harbour Night bus!")
    await waitFor(() => expect(field).toHaveFocus())
    await waitFor(() => expect(field.selectionStart).toBe(field.value.length - 1))
    await expect(chat.heard.filter(({ type }) => type === "send")).toEqual([])
  },
}

/** The safe answer has focus, and Esc is a no. */
export const NotPasted: Story = {
  play: async ({ canvas }) => {
    const field = await begun(canvas)
    for (const answer of ["{Enter}", "{Escape}"]) {
      await userEvent.paste(SET)
      await asked()
      await userEvent.keyboard(answer)
      await closed()
      await expect(field).toHaveValue("Tonight: !")
      await waitFor(() => expect(field).toHaveFocus())
    }
  },
}

export const Asking: Story = {
  play: async ({ canvas }) => {
    await begun(canvas)
    await userEvent.paste(SET)
    await asked()
  },
}
