// The chat of those who keep it civil: what they may do with a message, and the room's dialog.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import type { ReactNode } from "react"
import { expect, userEvent, waitFor, within } from "storybook/test"
import type { ChatSettings } from "../../../lib/types"
import { personId, someAudit, someBans } from "../../../testing/chat"
import { aStream } from "../../../testing/fixtures"
import { answer, fail, never, ok, withChat } from "../../../testing/handlers"
import { as, asked, asking, askingMore, nova, openMenu, page, row, signIn, studioK } from "../../../testing/moderating"
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
  title: "Live/LiveViewChat moderation",
  component: Panel,
} satisfies Meta<typeof Panel>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

const moderator = as("moderator", studioK)
export const Moderator: Story = {
  parameters: withChat(moderator, asking, askingMore),
  beforeEach: signIn(moderator, studioK),
  play: async ({ canvas }) => {
    let menu = await openMenu(10)
    await expect(menu.queryByRole("menuitem", { name: "Make moderator" })).toBeNull()
    await userEvent.click(menu.getByRole("menuitem", { name: "Time out 10 minutes" }))
    await expect(await page().findByText("ines is timed out.")).toBeVisible()
    await expect(asked).toEqual([`POST timeouts ${JSON.stringify({ user_id: personId(5), seconds: 600 })}`])
    menu = await openMenu(10)
    await userEvent.click(menu.getByRole("menuitem", { name: "Delete message" }))
    await expect(await within(row(10)).findByText("Message deleted")).toBeVisible()
    await waitFor(() => expect(asked.at(-1)).toMatch(/^DELETE messages\/.*10$/), { timeout: 9000 })
    // The host is nobody's to moderate.
    menu = await openMenu(12)
    await expect(menu.getAllByRole("menuitem").map(({ textContent }) => textContent)).toEqual(["Reply"])
    await userEvent.keyboard("{Escape}")
    await waitFor(() => expect(canvas.queryByRole("menu")).toBeNull())
  },
}

const banning = as("moderator", studioK)
/** A ban asks first, and the safe answer has focus. */
export const Ban: Story = {
  parameters: withChat(banning, asking, askingMore),
  beforeEach: signIn(banning, studioK),
  play: async () => {
    const menu = await openMenu(13)
    await userEvent.click(menu.getByRole("menuitem", { name: "Ban from this chat" }))
    const dialog = within(await page().findByRole("alertdialog"))
    await waitFor(() => expect(dialog.getByRole("button", { name: "Do not ban" })).toHaveFocus())
    await expect(asked).toEqual([])
    await userEvent.click(dialog.getByRole("button", { name: "Ban" }))
    await expect(await page().findByText("djamilah is banned from this chat.")).toBeVisible()
    await expect(asked).toEqual([`POST bans ${JSON.stringify({ user_id: personId(2) })}`])
  },
}

const menuOpen = as("host", nova)
/** The menu as the host sees it. */
export const HostMenu: Story = {
  parameters: withChat(menuOpen),
  beforeEach: signIn(menuOpen, nova),
  play: async () => {
    const menu = await openMenu(9)
    await expect(menu.getByRole("menuitem", { name: "Make moderator" })).toBeVisible()
    await userEvent.keyboard("{End}")
    await expect(menu.getByRole("menuitem", { name: "Make moderator" })).toHaveFocus()
    await userEvent.keyboard("{ArrowDown}")
    await expect(menu.getByRole("menuitem", { name: "Reply" })).toHaveFocus()
  },
}

let rules: ChatSettings = { enabled: true, slow_mode_seconds: 0, followers_only: false, blocked_words: [] }
const ruling = as("host", nova)
const openDialog = async (canvas: Canvas, tab: string) => {
  await canvas.findByRole("textbox", { name: "Message" })
  await userEvent.click(canvas.getByRole("button", { name: "Chat settings" }))
  const dialog = within(await page().findByRole("dialog"))
  await userEvent.click(await dialog.findByRole("tab", { name: tab }))
  return dialog
}

export const Rules: Story = {
  parameters: withChat(
    ruling,
    answer("get", "/live/streams/:id/chat/settings", () => ok(rules)),
    http.put("/api/v1/live/streams/:id/chat/settings", async ({ request }) => {
      rules = (await request.json()) as ChatSettings
      return ok(rules)
    }),
  ),
  beforeEach: () => {
    rules = { enabled: true, slow_mode_seconds: 0, followers_only: false, blocked_words: ["spoiler"] }
    return signIn(ruling, nova)()
  },
  play: async ({ canvas }) => {
    const dialog = await openDialog(canvas, "Rules")
    await userEvent.click(await dialog.findByLabelText("Only followers may write"))
    await userEvent.selectOptions(dialog.getByLabelText("Slow mode"), "30")
    await userEvent.type(dialog.getByLabelText("Blocked words"), "\nrude word\n\nspoiler")
    await userEvent.click(dialog.getByRole("button", { name: "Save rules" }))
    await expect(await page().findByText("The rules of the chat were saved.")).toBeInTheDocument()
    await expect(rules).toEqual({
      enabled: true,
      slow_mode_seconds: 30,
      followers_only: true,
      blocked_words: ["spoiler", "rude word"],
    })
  },
}

const bans = as("host", nova)
export const Bans: Story = {
  parameters: withChat(
    bans,
    answer("get", "/live/streams/:id/chat/bans", () => ok(someBans())),
    asking,
  ),
  beforeEach: signIn(bans, nova),
  play: async ({ canvas }) => {
    const dialog = await openDialog(canvas, "Bans")
    await userEvent.click(await dialog.findByRole("button", { name: "Lift ban reverb_talk" }))
    await waitFor(() => expect(asked).toEqual([`DELETE bans/${personId(6)}`]))
    await userEvent.click(await dialog.findByRole("button", { name: "End time-out djamilah" }))
    await waitFor(() => expect(asked.at(-1)).toBe(`DELETE timeouts/${personId(2)}`))
  },
}

const logged = as("host", nova)
export const Log: Story = {
  parameters: withChat(
    logged,
    answer("get", "/live/streams/:id/chat/audit", () => ok(someAudit())),
  ),
  beforeEach: signIn(logged, nova),
  play: async ({ canvas }) => {
    const dialog = await openDialog(canvas, "Log")
    await expect(await dialog.findByText("studio_k timed djamilah out for 10 min")).toBeVisible()
  },
}

const unread = as("host", nova)
export const LogLoading: Story = {
  parameters: withChat(unread, answer("get", "/live/streams/:id/chat/audit", never)),
  beforeEach: signIn(unread, nova),
  play: async ({ canvas }) => {
    const dialog = await openDialog(canvas, "Log")
    await expect(await dialog.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const broken = as("host", nova)
export const LogError: Story = {
  parameters: withChat(
    broken,
    answer("get", "/live/streams/:id/chat/audit", () => fail(503, { error: "The database is not reachable." })),
  ),
  beforeEach: signIn(broken, nova),
  play: async ({ canvas }) => {
    const dialog = await openDialog(canvas, "Log")
    await expect(await dialog.findByRole("alert")).toHaveTextContent("The database is not reachable.")
  },
}

const people = as("host", nova)
/** Who is here; the host appoints. */
export const People: Story = {
  parameters: withChat(
    people,
    answer("get", "/live/streams/:id/chat/moderators", () =>
      ok({ moderators: [{ id: personId(40), username: "far_away" }], total: 1 }),
    ),
    asking,
  ),
  beforeEach: signIn(people, nova),
  play: async ({ canvas }) => {
    const dialog = await openDialog(canvas, "People")
    await expect(await dialog.findByText("6 signed-in people are here")).toBeVisible()
    await userEvent.click(await dialog.findByRole("button", { name: "Make moderator ines" }))
    await waitFor(() => expect(asked).toEqual([`PUT moderators/${personId(5)}`]))
    await userEvent.click(await dialog.findByRole("button", { name: "Remove as moderator far_away" }))
    await waitFor(() => expect(asked.at(-1)).toBe(`DELETE moderators/${personId(40)}`))
  },
}

const reading = as("member", { id: personId(5), username: "ines" })
/** A member has no rules, bans or log to see; times can be shown to everybody. */
export const Reading: Story = {
  parameters: withChat(reading),
  beforeEach: signIn(reading, { id: personId(5), username: "ines" }),
  play: async ({ canvas }) => {
    const dialog = await openDialog(canvas, "Reading")
    await expect(dialog.queryByRole("tab", { name: "Rules" })).toBeNull()
    await userEvent.click(dialog.getByLabelText("Show when each message was written"))
    await userEvent.keyboard("{Escape}")
    await waitFor(() => expect(page().queryByRole("dialog")).toBeNull())
    await expect(row(12).querySelector("time")).not.toHaveClass("sr-only")
  },
}
