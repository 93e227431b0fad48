// The chat in each of its states, on a socket without a network.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import type { ReactNode } from "react"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { activate } from "../../../lib/i18n"
import { session } from "../../../lib/session"
import { aMessage, permissions, personId, someMessages } from "../../../testing/chat"
import { FakeChat } from "../../../testing/fakeChat"
import { aStream, aUser } from "../../../testing/fixtures"
import { ok, withChat } from "../../../testing/handlers"
import { Button } from "../../../ui/Button"
import { LiveViewChat } from "./LiveViewChat"
import { useLiveStreamChat } from "./useLiveStreamChat"

const ines = { id: personId(5), username: "ines" }

function Panel({ height }: { height: string }): ReactNode {
  const chat = useLiveStreamChat(aStream().id)
  return (
    <div className="mx-auto max-w-sm p-4" style={{ height }}>
      <LiveViewChat chat={chat} follow={<Button>Follow</Button>} className="h-full" />
    </div>
  )
}

const meta = {
  title: "Live/LiveViewChat",
  component: Panel,
  args: { height: "40rem" },
  beforeEach: () => session.adopt({ user: { ...aUser, ...ines }, access_token: "not-a-token" }),
} satisfies Meta<typeof Panel>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

/** What makes a story of this chat. */
const of = (chat: FakeChat): Pick<Story, "parameters" | "beforeEach"> => ({
  parameters: withChat(chat),
  beforeEach: chat.reset,
})

const root = (canvas: Canvas): HTMLElement => canvas.getByRole("region", { name: "Chat" })
const reaches = (canvas: Canvas, state: string) =>
  waitFor(() => expect(root(canvas)).toHaveAttribute("data-state", state))
const field = (canvas: Canvas) => canvas.findByRole("textbox", { name: "Message" })
const rows = (canvas: Canvas): NodeListOf<HTMLElement> => root(canvas).querySelectorAll("[data-message-id]")
const log = (canvas: Canvas): HTMLElement => canvas.getByRole("log", { name: "Messages" })

const talk = someMessages(14)
const RULES = { enabled: true, slow_mode_seconds: 120, followers_only: true }
const usual = new FakeChat({ user: ines, joined: { messages: talk } })

export const Default: Story = {
  ...of(usual),
  play: async ({ canvas }) => {
    await reaches(canvas, "open")
    await expect(rows(canvas)).toHaveLength(14)
    const link = canvas.getAllByRole("link", { name: "https://example.com/late-night?take=3" })[0]
    await expect(link).toHaveAttribute("rel", "nofollow ugc noopener noreferrer")
    await userEvent.type(await field(canvas), "<b>hello</b> from Faro{Enter}")
    await waitFor(() => expect(rows(canvas)).toHaveLength(15))
    await expect(canvas.getByText("<b>hello</b> from Faro")).toBeVisible()
    await expect(canvas.getByRole("textbox", { name: "Message" })).toHaveValue("")
    await expect(root(canvas).querySelector("[data-pending]")).toBeNull()
    await expect(log(canvas).scrollTop + log(canvas).clientHeight).toBeGreaterThan(log(canvas).scrollHeight - 2)
  },
}

const empty = new FakeChat({ user: ines })
export const Empty: Story = {
  ...of(empty),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nobody has written yet. Say hello.")).toBeVisible()
    await reaches(canvas, "open")
  },
}

const silent = new FakeChat({ silent: true })
export const Connecting: Story = {
  ...of(silent),
  play: async ({ canvas }) => {
    await reaches(canvas, "connecting")
    await expect(await field(canvas)).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Send" })).toHaveAttribute("aria-disabled", "true")
  },
}

/** Further up nothing moves; what comes is counted, and End goes back to it. Never more than 500 rows. */
const busy = new FakeChat({ user: ines, joined: { messages: someMessages(480) } })
export const Busy: Story = {
  ...of(busy),
  play: async ({ canvas }) => {
    await reaches(canvas, "open")
    await expect(rows(canvas)).toHaveLength(480)
    for (let sent = 0; sent < 30; sent++) busy.say()
    await waitFor(() => expect(rows(canvas)[499]).toHaveAttribute("data-seq", "510"))
    await expect(rows(canvas)).toHaveLength(500)
    log(canvas).scrollTop = 400
    await expect(await canvas.findByRole("button", { name: "To the newest" })).toBeVisible()
    const seen = rows(canvas)[0]
    const before = log(canvas).scrollTop
    for (let sent = 0; sent < 12; sent++) busy.say()
    await expect(await canvas.findByRole("button", { name: "12 new messages" })).toBeVisible()
    await expect(canvas.getByText("New")).toBeInTheDocument()
    await expect(log(canvas).scrollTop).toBe(before)
    await expect(seen?.isConnected).toBe(true)
    log(canvas).focus()
    await userEvent.keyboard("{End}")
    await waitFor(() => expect(canvas.queryByRole("button", { name: "12 new messages" })).toBeNull())
    await waitFor(() => expect(rows(canvas)).toHaveLength(500))
  },
}

/** Older messages go on top, and what is being read stays where it is. */
const long = new FakeChat({ user: ines, joined: { messages: someMessages(50, 101) } })
export const Older: Story = {
  parameters: withChat(
    long,
    http.get("/api/v1/live/streams/:id/chat/messages", ({ request }) => {
      const before = Number(new URL(request.url).searchParams.get("before"))
      return ok({
        messages: someMessages(50, before - 50),
        total: 150,
        limit: 50,
        next_cursor: before > 51 ? before - 50 : null,
      })
    }),
  ),
  beforeEach: long.reset,
  play: async ({ canvas }) => {
    await reaches(canvas, "open")
    log(canvas).scrollTop = 0
    await waitFor(() => expect(rows(canvas)).toHaveLength(100))
    const read = root(canvas).querySelector<HTMLElement>("[data-seq='101']")
    const top = (read?.getBoundingClientRect().top ?? 0) - log(canvas).getBoundingClientRect().top
    await expect(top).toBeGreaterThanOrEqual(0)
    await expect(top).toBeLessThan(150)
    await expect(rows(canvas)[0]).toHaveAttribute("data-seq", "51")
    await userEvent.click(canvas.getByRole("button", { name: "Load older messages" }))
    await expect(await canvas.findByText("This is where the chat begins.")).toBeInTheDocument()
    await expect(rows(canvas)).toHaveLength(150)
  },
}

/** The line goes: what is typed stays, what was sent unheard goes again once, what was missed comes. */
let deaf = false
const cut = new FakeChat({
  user: ines,
  joined: { messages: talk },
  reply: (frame) => (deaf && frame.type === "send" ? "silence" : undefined),
})
export const Reconnecting: Story = {
  ...of(cut),
  play: async ({ canvas }) => {
    deaf = true
    await reaches(canvas, "open")
    await userEvent.type(await field(canvas), "did you hear me?{Enter}")
    await waitFor(() => expect(root(canvas).querySelector("[data-pending=sending]")).toBeVisible())
    await userEvent.type(await field(canvas), "half a sen")
    cut.sayUnheard({ content: "said while the line was down" })
    cut.cut()
    await reaches(canvas, "reconnecting")
    await expect(canvas.getByText("Connection lost. Reconnecting…")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Send" })).toHaveAttribute("aria-disabled", "true")
    await expect(await field(canvas)).toHaveValue("half a sen")
    deaf = false
    await reaches(canvas, "open")
    await waitFor(() => expect(root(canvas).querySelector("[data-pending]")).toBeNull())
    await expect(canvas.getByText("said while the line was down")).toBeVisible()
    await expect(canvas.getAllByText("did you hear me?")).toHaveLength(1)
    const sends = cut.heard.filter(({ type }) => type === "send")
    await expect(new Set(sends.map(({ nonce }) => nonce)).size).toBe(1)
    const joins = cut.heard.filter(({ type }) => type === "join")
    await expect(joins.at(-1)?.since).toEqual({ epoch: "e1", seq: 14 })
  },
}

const lost = new FakeChat({ closes: 1011 })
export const NeverConnected: Story = {
  ...of(lost),
  play: async ({ canvas }) => {
    await reaches(canvas, "reconnecting")
    await expect(canvas.getByText("Connection lost. Reconnecting…")).toBeVisible()
  },
}

const denied = new FakeChat({ closes: 4003 })
export const Denied: Story = {
  ...of(denied),
  play: async ({ canvas }) => {
    await reaches(canvas, "denied")
    await expect(canvas.getByText("This account may not be in the chat.")).toBeVisible()
    await expect(canvas.queryByRole("textbox")).toBeNull()
    await expect(denied.opened).toBe(1)
  },
}

/** An eleventh window took its place: it rests until asked. */
const replaced = new FakeChat({ user: ines, joined: { messages: talk } })
export const Replaced: Story = {
  ...of(replaced),
  play: async ({ canvas }) => {
    await reaches(canvas, "open")
    replaced.cut(4009)
    await reaches(canvas, "closed")
    await expect(rows(canvas)).toHaveLength(14)
    await userEvent.click(canvas.getByRole("button", { name: "Connect again" }))
    await reaches(canvas, "open")
    await expect(replaced.opened).toBe(2)
  },
}

const refused = (code: string, wait_ms: number | null = null) =>
  new FakeChat({ user: ines, joined: { messages: talk, permissions: permissions(code, wait_ms) } })

/** A guest reads, and is told how to write. */
const guest = new FakeChat({ joined: { messages: talk, permissions: permissions("unauthenticated") } })
export const ReadOnly: Story = {
  ...of(guest),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Sign in" })).toHaveAttribute("href", "/login?next=%2F")
    await expect(canvas.queryByRole("textbox")).toBeNull()
  },
}

export const Banned: Story = {
  ...of(refused("banned")),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("You are banned from this chat. You can still read it.")).toBeVisible()
  },
}

export const TimedOut: Story = {
  ...of(refused("timed_out", 272_000)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("timer")).toHaveTextContent(/You can write again in 4:3\d/)
  },
}

const closing = new FakeChat({ user: ines, joined: { messages: talk } })
/** The host closes the chat and opens it again, while somebody looks. */
export const ChatDisabled: Story = {
  ...of(closing),
  play: async ({ canvas }) => {
    await expect(await field(canvas)).toBeVisible()
    await reaches(canvas, "open")
    closing.push(
      { type: "room_state", state: { enabled: false, slow_mode_seconds: 0, followers_only: false } },
      { type: "permissions", permissions: permissions("chat_disabled") },
    )
    await expect(await canvas.findByText("The host has closed this chat.")).toBeVisible()
    await expect(canvas.getByText("Closed")).toBeVisible()
  },
}

const followers = refused("followers_only")
export const FollowersOnly: Story = {
  ...of(followers),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Only followers can write here.")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Follow" })).toBeVisible()
    followers.push({ type: "permissions", permissions: permissions() })
    await expect(await field(canvas)).toBeVisible()
  },
}

const slow = new FakeChat({
  user: ines,
  joined: { messages: talk, state: { enabled: true, slow_mode_seconds: 30, followers_only: false } },
})
/** After my message the button counts the wait; the next one can be written meanwhile. */
export const SlowMode: Story = {
  ...of(slow),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Slow mode, 30 s")).toBeVisible()
    await userEvent.type(await field(canvas), "one{Enter}")
    await expect(await canvas.findByRole("button", { name: /^Send, in 0:(30|29)$/ })).toBeVisible()
    await userEvent.type(await field(canvas), "two{Enter}")
    await expect(await field(canvas)).toHaveValue("two")
    await expect(slow.heard.filter(({ type }) => type === "send")).toHaveLength(1)
  },
}

const strict = new FakeChat({
  user: ines,
  joined: { messages: talk },
  reply: ({ type, content }) => {
    if (type !== "send") return undefined
    if (content === "later" && strict.heard.filter((frame) => frame.content === "later").length > 1) return undefined
    if (content === "later") return { code: "rate_limited", retry_after_ms: 1200 }
    return content.includes("rude") ? { code: "blocked_words" } : { code: "rate_limited", retry_after_ms: 20_000 }
  },
})
/** What is refused comes back with the reason; nothing that was typed is lost. */
export const Refused: Story = {
  ...of(strict),
  play: async ({ canvas }) => {
    await reaches(canvas, "open")
    await userEvent.type(await field(canvas), "something rude{Enter}")
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The host does not allow a word in this message.")
    await expect(await field(canvas)).toHaveValue("something rude")
    await userEvent.clear(await field(canvas))
    await userEvent.type(await field(canvas), "quick{Enter}")
    await expect(await canvas.findByRole("alert")).toHaveTextContent(/You can write again in 0:(20|19)/)
    await expect(canvas.getByRole("button", { name: /^Send, in 0:(20|19)$/ })).toBeVisible()
    // A wait runs down by itself, and the same words go.
    await userEvent.clear(await field(canvas))
    await userEvent.type(await field(canvas), "later{Enter}")
    await expect(await canvas.findByRole("button", { name: "Send, in 0:02" })).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Send" })).not.toHaveAttribute("aria-disabled")
    await userEvent.keyboard("{Enter}")
    await waitFor(() => expect(rows(canvas)).toHaveLength(15))
  },
}

const mentioned = new FakeChat({
  user: ines,
  joined: {
    messages: [
      ...someMessages(6),
      aMessage(7, { content: "@ines that was for you", reply_to: aMessage(4).id }),
      aMessage(8, { content: "and this is for @studio_k" }),
    ],
  },
})
/** My own name stands out; names are offered while they are typed. */
export const Mention: Story = {
  ...of(mentioned),
  play: async ({ canvas }) => {
    await reaches(canvas, "open")
    await expect(root(canvas).querySelectorAll("[data-mention]")).toHaveLength(1)
    await userEvent.type(await field(canvas), "hey @st")
    await expect(await canvas.findByRole("option", { name: "studio_k" })).toHaveAttribute("aria-selected", "true")
    await userEvent.keyboard("{Enter}")
    await expect(await field(canvas)).toHaveValue("hey @studio_k ")
    await expect(mentioned.heard.filter(({ type }) => type === "send")).toHaveLength(0)
    await userEvent.type(await field(canvas), "@re")
    await expect(await canvas.findByRole("option", { name: "reverb_talk" })).toBeVisible()
  },
}

/** By keyboard: up to a message, its menu, an answer; then back to what was answered. */
const answering = new FakeChat({ user: ines, joined: { messages: talk } })
export const Reply: Story = {
  ...of(answering),
  play: async ({ canvas }) => {
    await reaches(canvas, "open")
    log(canvas).focus()
    await userEvent.keyboard("{ArrowUp}{ArrowUp}")
    await expect(rows(canvas)[12]).toHaveFocus()
    await userEvent.tab()
    await userEvent.keyboard("{Enter}")
    await expect(await canvas.findByRole("menuitem", { name: "Reply" })).toHaveFocus()
    await userEvent.keyboard("{Enter}")
    await waitFor(async () => expect(await field(canvas)).toHaveFocus())
    await userEvent.keyboard("the dotted eighth{Enter}")
    await waitFor(() => expect(rows(canvas)).toHaveLength(15))
    await expect(answering.heard.at(-1)?.reply_to).toBe(talk[12]?.id)
    await userEvent.click(within(rows(canvas)[14] as HTMLElement).getByRole("button", { name: /^Answers/ }))
    await expect(rows(canvas)[12]).toHaveFocus()
  },
}

/** Texts a third longer, at 360 px: nothing is pushed sideways. */
const wordy = new FakeChat({
  user: ines,
  joined: { messages: talk, permissions: permissions("followers_only"), state: RULES },
})
export const LongTexts: Story = {
  ...of(wordy),
  decorators: [
    (Story) => (
      <div className="w-90">
        <Story />
      </div>
    ),
  ],
  args: { height: "28rem" },
  play: async ({ canvas, canvasElement }) => {
    await activate("pseudo")
    try {
      await waitFor(() => expect(canvasElement.querySelectorAll("[data-message-id]")).toHaveLength(14))
      await expect(await canvas.findByRole("button", { name: "Follow" })).toBeVisible()
      const frame = canvasElement.querySelector(".w-90")
      await expect(frame?.scrollWidth).toBeLessThanOrEqual(frame?.clientWidth ?? 0)
    } finally {
      await activate("en")
    }
  },
}

const phone = new FakeChat({ user: ines, joined: { messages: talk } })
export const Mobile: Story = {
  ...of(phone),
  decorators: [
    (Story) => (
      <div className="w-90">
        <Story />
      </div>
    ),
  ],
  args: { height: "28rem" },
  play: async ({ canvas, canvasElement }) => {
    await reaches(canvas, "open")
    await expect(rows(canvas)).toHaveLength(14)
    const frame = canvasElement.querySelector(".w-90")
    await expect(frame?.scrollWidth).toBeLessThanOrEqual(frame?.clientWidth ?? 0)
  },
}
