// The conversation: scrolls, counts what comes while the reader is further up, and lets the keyboard go message by message.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react"
import { usePref } from "../../../lib/prefs"
import { Button, buttonClass } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { Skeleton } from "../../../ui/states"
import { MessageRow, type RowActions } from "./MessageRow"
import { OutgoingRow } from "./OutgoingRow"
import type { ShownMessage } from "./room"
import type { LiveStreamChat } from "./useLiveStreamChat"
import { isAtEnd, usePinnedScroll } from "./usePinnedScroll"

const LOAD_WITHIN_PX = 120

interface Props {
  chat: LiveStreamChat
  onMenu: RowActions["onMenu"]
  onEdit: (nonce: string) => void
}

/** Arrow keys go from message to message; Home and End to the first and the last. */
function useRoving(box: React.RefObject<HTMLElement | null>, messages: ShownMessage[], toEnd: () => void) {
  const [active, setActive] = useState<string | null>(null)
  const go = (index: number): void => {
    const message = messages[Math.min(Math.max(index, 0), messages.length - 1)]
    if (!message) return
    setActive(message.id)
    box.current?.querySelector<HTMLElement>(`[data-message-id="${CSS.escape(message.id)}"]`)?.focus()
  }
  const targetOf = (key: string, inside: boolean, at: number): number | null => {
    const last = messages.length - 1
    if (key === "ArrowUp") return inside ? at - 1 : last
    if (key === "ArrowDown") return inside ? at + 1 : last
    if (key === "Home") return 0
    return key === "End" ? last : null
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const at = messages.findIndex(({ id }) => id === active)
    const inside = event.target !== box.current && at >= 0
    const target = targetOf(event.key, inside, at)
    if (target === null && !(event.key === "Escape" && inside)) return
    event.preventDefault()
    if (event.key === "End") toEnd()
    if (target === null) box.current?.focus()
    else go(target)
  }
  const onFocus = (event: React.FocusEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>("[data-message-id]")
    if (row?.dataset.messageId) setActive(row.dataset.messageId)
  }
  return { active, onKeyDown, onFocus, go }
}

function Older({ chat }: { chat: LiveStreamChat }): ReactNode {
  const { older, messages } = chat.room
  if (chat.hasOlder) {
    return (
      <div className="grid justify-items-center p-2">
        <Button look="plain" busy={older.status === "loading"} onClick={() => void chat.loadOlder()}>
          {older.status === "failed" ? <Trans>Could not load. Try again</Trans> : <Trans>Load older messages</Trans>}
        </Button>
      </div>
    )
  }
  if (messages.length === 0 || older.before !== null) return null
  return (
    <p className="p-3 text-center text-muted text-sm">
      <Trans>This is where the chat begins.</Trans>
    </p>
  )
}

const Unread = (): ReactNode => (
  <p className="flex items-center gap-3 px-3.5 py-1 font-semibold text-accent text-xs before:h-px before:flex-1 before:bg-accent after:h-px after:flex-1 after:bg-accent">
    <Trans>New</Trans>
  </p>
)

interface RowsProps extends RowActions {
  messages: ShownMessage[]
  me: string | undefined
  active: string | null
  firstUnread: number | null
}

const Rows = memo(function Rows({ messages, me, active, firstUnread, onMenu, onJump }: RowsProps): ReactNode {
  const [times] = usePref("chat_times")
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages])
  return messages.map((message) => (
    <div key={message.id}>
      {message.seq === firstUnread ? <Unread /> : null}
      <MessageRow
        message={message}
        answered={message.reply_to ? byId.get(message.reply_to) : undefined}
        me={me}
        active={message.id === active}
        times={times === "on"}
        onMenu={onMenu}
        onJump={onJump}
      />
    </div>
  ))
})

function Nothing({ chat }: { chat: LiveStreamChat }): ReactNode {
  if (chat.room.connection !== "open" && chat.room.epoch === null) {
    return (
      <div className="grid gap-4 p-4" aria-hidden="true">
        {["w-3/4", "w-1/2", "w-5/6", "w-2/3"].map((width) => (
          <Skeleton key={width} className={cx("h-4", width)} />
        ))}
      </div>
    )
  }
  return (
    <p className="grid h-full place-items-center p-6 text-center text-muted">
      <Trans>Nobody has written yet. Say hello.</Trans>
    </p>
  )
}

export function MessageList({ chat, onMenu, onEdit }: Props): ReactNode {
  const { t } = useLingui()
  const box = useRef<HTMLDivElement>(null)
  const { room, outgoing, me } = chat
  const { messages } = room
  const { pin } = chat
  const { pinned, unread, firstUnread, onScroll, toEnd } = usePinnedScroll(box, messages, outgoing.length, pin)
  const { active, onKeyDown, onFocus, go } = useRoving(box, messages, toEnd)

  // What I say is always seen.
  const said = outgoing.at(-1)?.nonce
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new message of mine goes to the end
  useEffect(() => {
    if (said) toEnd()
  }, [said])

  const latest = useRef(go)
  latest.current = go
  const shown = useRef(messages)
  shown.current = messages
  const onJump = useCallback(
    (id: string) => latest.current(shown.current.findIndex((message) => message.id === id)),
    [],
  )

  const onBoxScroll = (): void => {
    onScroll()
    const element = box.current
    if (!element || isAtEnd(element) || room.older.status !== "idle") return
    if (element.scrollTop < LOAD_WITHIN_PX) void chat.loadOlder()
  }
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        role="log"
        aria-live="off"
        aria-label={t`Messages`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        onScroll={onBoxScroll}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
        className="relative h-full overflow-y-auto overscroll-contain py-2 outline-offset-[-3px]! [overflow-anchor:none]"
      >
        {messages.length === 0 && outgoing.length === 0 ? <Nothing chat={chat} /> : <Older chat={chat} />}
        <Rows
          messages={messages}
          me={me?.username}
          active={active}
          firstUnread={firstUnread}
          onMenu={onMenu}
          onJump={onJump}
        />
        {outgoing.map((sent) => (
          <OutgoingRow key={sent.nonce} sent={sent} chat={chat} onEdit={onEdit} />
        ))}
      </div>
      {pinned ? null : (
        <div className="pointer-events-none absolute inset-x-0 bottom-2 flex justify-center">
          <button
            type="button"
            onClick={toEnd}
            className={buttonClass("primary", "pop pointer-events-auto rounded-full! shadow-lg")}
          >
            <Icon name="down" size={16} />
            {unread > 0 ? (
              <Plural value={unread} one="# new message" other="# new messages" />
            ) : (
              <Trans>To the newest</Trans>
            )}
          </button>
        </div>
      )}
    </div>
  )
}
