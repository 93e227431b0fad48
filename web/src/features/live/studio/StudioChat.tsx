// The chat on the streamer's desk. Loaded beside the studio, which works without it.
import { type ReactNode, useEffect } from "react"
import { cx } from "../../../ui/classes"
import { LiveViewChat } from "../chat/LiveViewChat"
import { useLiveStreamChat } from "../chat/useLiveStreamChat"

interface Props {
  streamId: string
  className: string
  /** Whether its socket is open, which tells the stream's news, too. */
  onOpen: (open: boolean) => void
}

export function StudioChat({ streamId, className, onOpen }: Props): ReactNode {
  const chat = useLiveStreamChat(streamId)
  const open = chat.room.connection === "open"
  useEffect(() => onOpen(open), [open, onOpen])
  return <LiveViewChat chat={chat} className={cx("max-sm:rounded-2xl", className)} />
}
