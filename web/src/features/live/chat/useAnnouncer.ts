// What a screen reader hears of a chat by itself: nothing, mentions, single lines while it is quiet and counts while it is
// not, or all. The list itself is silent, since a busy chat would talk over everything.
import { plural } from "@lingui/core/macro"
import { useEffect, useRef, useState } from "react"
import { usePref } from "../../../lib/prefs"
import type { ShownMessage } from "./room"
import { mentions } from "./text"

const WINDOW_MS = 2000

export function useAnnouncer(messages: ShownMessage[], me: { id: string; username: string } | null): string {
  const [policy] = usePref("chat_voice")
  const [said, setSaid] = useState("")
  const heard = useRef<number | null>(null)
  const batch = useRef<ShownMessage[]>([])
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  useEffect(() => {
    const last = messages.at(-1)?.seq ?? 0
    const from = heard.current
    heard.current = Math.max(from ?? 0, last)
    // What was there when the page opened is read by going through it.
    if (from === null || from === 0 || policy === "off") return
    const news = messages.filter(({ seq, user, deleted }) => seq > from && user.id !== me?.id && !deleted)
    const wanted = policy === "mentions" ? news.filter(({ content }) => mentions(content, me?.username)) : news
    if (wanted.length === 0) return
    batch.current.push(...wanted)
    timer.current ??= setTimeout(() => {
      const { length } = batch.current
      const lines = batch.current.map(({ user, content }) => `${user.username}: ${content}`)
      timer.current = undefined
      batch.current = []
      if (policy === "batched" && length > 1) setSaid(plural(length, { one: "# new message", other: "# new messages" }))
      else setSaid(lines.join(". "))
    }, WINDOW_MS)
  }, [messages, me, policy])

  useEffect(() => () => clearTimeout(timer.current), [])
  return said
}
