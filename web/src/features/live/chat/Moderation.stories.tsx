// The chat of those who keep it civil: what they may do with a message, and the room's dialog.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import type { ReactNode } from "react"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../../lib/session"
import type { ChatSettings } from "../../../lib/types"
import { permissions, personId, someAudit, someBans, someMessages } from "../../../testing/chat"
import { FakeChat } from "../../../testing/fakeChat"
import { aStream, aUser } from "../../../testing/fixtures"
import { answer, fail, never, ok, withChat } from "../../../testing/handlers"
import { LiveViewChat } from "./LiveViewChat"
import { useLiveStreamChat } from "./useLiveStreamChat"
import type { RoomRole } from "./wire"

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

const nova = { id: personId(1), username: "nova" }
const studioK = { id: personId(3), username: "studio_k" }

const as = (role: RoomRole, user: typeof nova) =>
  new FakeChat({ user, joined: { messages: someMessages(14), permissions: permissions(undefined, null, role) } })

const signIn = (chat: FakeChat, user: typeof nova) => () => {
  chat.reset()
  session.adopt({ user: { ...aUser, ...user }, access_token: "not-a-token" })
}

/** What was asked of the moderation routes, as "METHOD path body". */
let asked: string[] = []
const asking = http.all("/api/v1/live/streams/:id/chat/:what/*", async ({ request }) => note(request))
const askingMore = http.all("/api/v1/live/streams/:id/chat/:what", async ({ request }) => note(request))

async function note(request: Request): Promise<Response | undefined> {
  if (request.method === "GET") return undefined
  const path = new URL(request.url).pathname.replace(/^.*\/chat\//, "")
  asked.push(`${request.method} ${path} ${await request.clone().text()}`.trim())
  return ok({})
}

const page = () => within(document.body)
const row = (canvas: Canvas, seq: number): HTMLElement => {
  const found = canvas.getByRole("region", { name: "Chat" }).querySelector<HTMLElement>(`[data-seq="${seq}"]`)
  if (!found) throw new Error(`no message ${seq}`)
  return found
}

/** Opens the menu of a message as a right click (or its key) does. */
async function openMenu(canvas: Canvas, seq: number) {
  await canvas.findByRole("textbox", { name: "Message" })
  await waitFor(() => expect(row(canvas, seq)).toBeVisible())
  await userEvent.pointer({ keys: "[MouseRight]", target: row(canvas, seq) })
  return within(await canvas.findByRole("menu"))
}

const moderator = as("moderator", studioK)
export const Moderator: Story = {
  parameters: withChat(moderator, asking, askingMore),
  beforeEach: () => {
    asked = []
    return signIn(moderator, studioK)()
  },
  play: async ({ canvas }) => {
    let menu = await openMenu(canvas, 10)
    await expect(menu.queryByRole("menuitem", { name: "Make moderator" })).toBeNull()
    await userEvent.click(menu.getByRole("menuitem", { name: "Time out 10 minutes" }))
    await expect(await page().findByText("ines is timed out.")).toBeVisible()
    await expect(asked).toEqual([`POST timeouts ${JSON.stringify({ user_id: personId(5), seconds: 600 })}`])
    menu = await openMenu(canvas, 10)
    await userEvent.click(menu.getByRole("menuitem", { name: "Delete message" }))
    await expect(await within(row(canvas, 10)).findByText("Message deleted")).toBeVisible()
    await expect(asked.at(-1)).toMatch(/^DELETE messages\/.*10$/)
    // The host is nobody's to moderate.
    menu = await openMenu(canvas, 12)
    await expect(menu.getAllByRole("menuitem").map(({ textContent }) => textContent)).toEqual(["Reply"])
    await userEvent.keyboard("{Escape}")
    await waitFor(() => expect(canvas.queryByRole("menu")).toBeNull())
  },
}

const banning = as("moderator", studioK)
/** A ban asks first, and the safe answer has focus. */
export const Ban: Story = {
  parameters: withChat(banning, asking, askingMore),
  beforeEach: () => {
    asked = []
    return signIn(banning, studioK)()
  },
  play: async ({ canvas }) => {
    const menu = await openMenu(canvas, 13)
    await userEvent.click(menu.getByRole("menuitem", { name: "Ban from this chat" }))
    const dialog = within(await page().findByRole("alertdialog"))
    await waitFor(() => expect(dialog.getByRole("button", { name: "Do not ban" })).toHaveFocus())
    await expect(asked).toEqual([])
    await userEvent.click(dialog.getByRole("button", { name: "Ban" }))
    await expect(await page().findByText("djamilah is banned from this chat.")).toBeVisible()
    await expect(asked).toEqual([`POST bans ${JSON.stringify({ user_id: personId(2) })}`])
  },
}

const refusing = as("moderator", studioK)
/** What the server does not allow is said in the chat, and nothing looks as if it had happened. */
export const NotAllowed: Story = {
  parameters: withChat(
    refusing,
    answer("delete", "/live/streams/:id/chat/messages/:message", () =>
      fail(403, { code: "forbidden", error: "You may not delete this message." }),
    ),
  ),
  beforeEach: signIn(refusing, studioK),
  play: async ({ canvas }) => {
    const menu = await openMenu(canvas, 10)
    await userEvent.click(menu.getByRole("menuitem", { name: "Delete message" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("You may not delete this message.")
    await expect(within(row(canvas, 10)).queryByText("Message deleted")).toBeNull()
  },
}

const menuOpen = as("host", nova)
/** The menu as the host sees it. */
export const HostMenu: Story = {
  parameters: withChat(menuOpen),
  beforeEach: signIn(menuOpen, nova),
  play: async ({ canvas }) => {
    const menu = await openMenu(canvas, 9)
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
  beforeEach: () => {
    asked = []
    return signIn(bans, nova)()
  },
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
  beforeEach: () => {
    asked = []
    return signIn(people, nova)()
  },
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
    await expect(row(canvas, 12).querySelector("time")).not.toHaveClass("sr-only")
  },
}
