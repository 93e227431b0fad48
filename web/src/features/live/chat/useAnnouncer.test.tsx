// What a screen reader hears by itself, by policy. Only the test moves the clock.
import { act, type ReactNode, useState } from "react"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { type Prefs, writePref } from "../../../lib/prefs"
import { aMessage, someMessages } from "../../../testing/chat"
import { render } from "../../../testing/render"
import type { ShownMessage } from "./room"
import { useAnnouncer } from "./useAnnouncer"

const me = { id: "me", username: "ines" }
let show: (messages: ShownMessage[]) => void = () => undefined

function Probe(): ReactNode {
  const [messages, setMessages] = useState<ShownMessage[]>(someMessages(3))
  show = setMessages
  return <output>{useAnnouncer(messages, me)}</output>
}

async function hears(policy: Prefs["chat_voice"], ...news: ShownMessage[]): Promise<string | null> {
  writePref("chat_voice", policy)
  const { page, unmount } = await render(<Probe />)
  await act(async () => show([...someMessages(3), ...news]))
  await act(async () => {
    await vi.advanceTimersByTimeAsync(2000)
  })
  const said = page.textContent
  await unmount()
  return said
}

beforeEach(() => void vi.useFakeTimers())

afterEach(() => {
  writePref("chat_voice", "batched")
  vi.useRealTimers()
})

const one = aMessage(4, { content: "hello" })
const toMe = aMessage(5, { content: "@ines hello" })
const mine = aMessage(6, { user: { id: "me", username: "ines" } })

test("one message is said, several are counted; what was there before and what is mine is not", async () => {
  expect(await hears("batched", one)).toBe("ines: hello")
  expect(await hears("batched", one, toMe, mine)).toBe("2 new messages")
  expect(await hears("batched", mine)).toBe("")
})

test("all, only mentions, nothing", async () => {
  expect(await hears("all", one, toMe)).toBe("ines: hello. reverb_talk: @ines hello")
  expect(await hears("mentions", one, toMe)).toBe("reverb_talk: @ines hello")
  expect(await hears("off", one, toMe)).toBe("")
})
