// Names to offer while somebody types `@…`: who spoke last, then who else is in the room.
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { membersQuery } from "./api"
import { mentionAt } from "./text"
import type { LiveStreamChat } from "./useLiveStreamChat"

const OFFERED = 6

export interface MentionList {
  names: string[]
  /** Where the name begins in the text. */
  from: number
}

export function useMentionList(chat: LiveStreamChat, text: string, caret: number): MentionList | null {
  const typed = useMemo(() => mentionAt(text, caret), [text, caret])
  const members = useQuery({ ...membersQuery(chat.streamId), enabled: typed !== null })
  return useMemo(() => {
    if (!typed) return null
    const spoke = chat.room.messages.map(({ user }) => user.username).reverse()
    const present = members.data?.members.map(({ username }) => username) ?? []
    const begun = typed.begun.toLowerCase()
    const names = [...new Set([...spoke, ...present])]
      .filter((name) => name !== chat.me?.username && name.toLowerCase().startsWith(begun))
      .slice(0, OFFERED)
    const whole = names.length === 1 && names[0]?.toLowerCase() === begun
    return names.length === 0 || whole ? null : { names, from: typed.from }
  }, [typed, chat.room.messages, members.data, chat.me])
}
