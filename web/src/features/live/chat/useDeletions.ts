// Deleting with a way back, for the panel: what is being deleted looks deleted, what failed comes back.
import { useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react"
import { asApiError } from "../../../lib/errors"
import { toast } from "../../../ui/toasts"
import { deleteMessage } from "./api"
import { Deletions } from "./deletions"
import { erased, type ShownMessage } from "./room"
import type { LiveStreamChat } from "./useLiveStreamChat"

export interface Undoable {
  /** Those that can still be taken back, oldest first. */
  waiting: ShownMessage[]
  deletions: Deletions
}

/** `chat` as it is to be shown, and the way back. `onProblem` is told what went wrong, in words. */
export function useDeletions(
  chat: LiveStreamChat,
  onProblem: (words: string) => void,
): Undoable & { shown: LiveStreamChat } {
  const { t } = useLingui()
  const queries = useQueryClient()
  const here = useRef(false)
  const { streamId, erase } = chat

  const send = async (message: ShownMessage): Promise<void> => {
    try {
      await deleteMessage(streamId, message.id)
      erase(message.id)
    } catch (cause) {
      const { username } = message.user
      const why = asApiError(cause).message
      const words = t`The message of ${username} was not deleted. ${why}`
      // Once the panel is gone, a toast is all that is left to say it.
      if (here.current) onProblem(words)
      else toast(words, "error")
    }
    void queries.invalidateQueries({ queryKey: ["chat", streamId] })
  }
  const latest = useRef(send)
  latest.current = send
  const [deletions] = useState(() => new Deletions((message) => latest.current(message)))
  const all = useSyncExternalStore(deletions.subscribe, deletions.get)

  useEffect(() => {
    here.current = true
    globalThis.addEventListener("pagehide", deletions.sendAll)
    return () => {
      here.current = false
      globalThis.removeEventListener("pagehide", deletions.sendAll)
      deletions.sendAll()
    }
  }, [deletions])

  const { room } = chat
  useEffect(() => {
    if (deletions.get().length === 0) return
    // Somebody else was faster: there is nothing to take back.
    for (const { id, deleted } of room.messages) if (deleted) deletions.undo(id)
  }, [room.messages, deletions])

  const messages = useMemo(() => {
    if (all.length === 0) return room.messages
    const gone = new Set(all.map(({ message }) => message.id))
    return room.messages.map((message) => (gone.has(message.id) ? erased(message) : message))
  }, [room.messages, all])
  const waiting = useMemo(() => all.filter(({ status }) => status === "waiting").map(({ message }) => message), [all])
  return { shown: { ...chat, room: { ...room, messages } }, waiting, deletions }
}
