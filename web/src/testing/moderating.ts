// What the stories of moderators share: who one is, the menu of a message, and what was asked of the server.
import { http } from "msw"
import { expect, screen, userEvent, waitFor, within } from "storybook/test"
import type { RoomRole } from "../features/live/chat/wire"
import { session } from "../lib/session"
import { permissions, personId, someMessages } from "./chat"
import { FakeChat } from "./fakeChat"
import { aUser } from "./fixtures"
import { ok } from "./handlers"

export const nova = { id: personId(1), username: "nova" }
export const studioK = { id: personId(3), username: "studio_k" }

export const as = (role: RoomRole, user: typeof nova) =>
  new FakeChat({ user, joined: { messages: someMessages(14), permissions: permissions(undefined, null, role) } })

export const signIn = (chat: FakeChat, user: typeof nova) => () => {
  asked.length = 0
  chat.reset()
  session.adopt({ user: { ...aUser, ...user }, access_token: "not-a-token" })
}

/** What was asked of the moderation routes, as "METHOD path body". Empty when a story begins. */
export const asked: string[] = []
export const asking = http.all("/api/v1/live/streams/:id/chat/:what/*", async ({ request }) => note(request))
export const askingMore = http.all("/api/v1/live/streams/:id/chat/:what", async ({ request }) => note(request))

async function note(request: Request): Promise<Response | undefined> {
  if (request.method === "GET") return undefined
  const path = new URL(request.url).pathname.replace(/^.*\/chat\//, "")
  asked.push(`${request.method} ${path} ${await request.clone().text()}`.trim())
  return ok({})
}

export const page = () => within(document.body)

export const row = (seq: number): HTMLElement => {
  const found = screen.getByRole("region", { name: "Chat" }).querySelector<HTMLElement>(`[data-seq="${seq}"]`)
  if (!found) throw new Error(`no message ${seq}`)
  return found
}

/** Opens the menu of a message as a right click (or its key) does. */
export async function openMenu(seq: number) {
  await screen.findByRole("textbox", { name: "Message" })
  await waitFor(() => expect(row(seq)).toBeVisible())
  await userEvent.pointer({ keys: "[MouseRight]", target: row(seq) })
  return within(await screen.findByRole("menu"))
}

/** Chooses from the menu of a message. */
export const choose = async (seq: number, name: string): Promise<void> =>
  userEvent.click((await openMenu(seq)).getByRole("menuitem", { name }))
