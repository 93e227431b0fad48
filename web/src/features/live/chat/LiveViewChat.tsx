// The chat of a stream: who may do what is the server's word, and shown as a reason where a field would be dead.
// `data-chat` and `data-state` are a stable hook for tests. It shows what `useLiveStreamChat` gives and asks it to act.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link, useRouter } from "@tanstack/react-router"
import { type ReactNode, useCallback, useRef, useState } from "react"
import { Button, buttonClass, IconButton } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { ChatHeader } from "./ChatHeader"
import { Composer, type Draft, EMPTY_DRAFT } from "./Composer"
import { MessageList } from "./MessageList"
import { type Act, hasMenu, MessageMenu } from "./MessageMenu"
import type { ShownMessage } from "./room"
import { UndoStrip } from "./UndoStrip"
import { useAnnouncer } from "./useAnnouncer"
import type { LiveStreamChat } from "./useLiveStreamChat"
import { useModeration } from "./useModeration"
import { useReasonWords } from "./useReasonWords"

interface Props {
  chat: LiveStreamChat
  /** The button that makes a follower, where only followers write. */
  follow?: ReactNode
  className?: string
}

/** What the connection is doing, when that is not simply "open". */
function Banner({ chat }: { chat: LiveStreamChat }): ReactNode {
  const { t } = useLingui()
  const { connection, why } = chat.room
  if (connection === "open" || connection === "connecting") return null
  const stopped: Record<string, string> = {
    forbidden: t`This account may not be in the chat.`,
    unauthenticated: t`Your sign-in is no longer good. Sign in again to go on.`,
    not_found: t`This chat is gone.`,
    banned: t`You are banned from this chat.`,
    replaced: t`The chat is open in too many windows. It rests in this one.`,
    flooding: t`Too much was sent at once, so the chat paused here.`,
  }
  const words =
    connection === "reconnecting"
      ? t`Connection lost. Reconnecting…`
      : (stopped[why ?? ""] ?? t`The chat is closed here.`)
  return (
    <div
      role="status"
      className={cx(
        "flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-sm",
        connection === "denied" ? "bg-danger-soft" : "bg-warn-soft",
      )}
    >
      <p className="flex-1 basis-40">{words}</p>
      {connection === "closed" || (connection === "denied" && why !== "not_found") ? (
        <Button look="quiet" onClick={chat.reconnect}>
          <Trans>Connect again</Trans>
        </Button>
      ) : null}
    </div>
  )
}

const BLOCKS = new Set(["unauthenticated", "banned", "timed_out", "chat_disabled", "followers_only"])

/** The reason in the place of the field, with what can be done about it. */
function Reason({ chat, follow }: Pick<Props, "chat" | "follow">): ReactNode {
  const words = useReasonWords()
  const router = useRouter()
  const { code = "", left_ms = null } = chat.refusal ?? {}
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
      <p className="flex-1 basis-44 text-muted text-sm" role={code === "timed_out" ? "timer" : undefined}>
        {words(code, left_ms)}
      </p>
      {code === "unauthenticated" ? (
        <Link to="/login" search={{ next: router.state.location.href }} className={buttonClass()}>
          <Trans>Sign in</Trans>
        </Link>
      ) : null}
      {code === "followers_only" ? follow : null}
    </div>
  )
}

function Footer({
  chat,
  follow,
  draft,
  onDraft,
}: Pick<Props, "chat" | "follow"> & {
  draft: Draft
  onDraft: (draft: Draft) => void
}): ReactNode {
  const { connection, rights } = chat.room
  if (connection === "denied" && rights === null) return null
  const blocked = chat.refusal !== null && (BLOCKS.has(chat.refusal.code) || !rights?.can_join)
  return (
    <div className="border-line border-t p-3">
      {blocked ? <Reason chat={chat} follow={follow} /> : <Composer chat={chat} draft={draft} onDraft={onDraft} />}
    </div>
  )
}

export function LiveViewChat({ chat: live, follow, className }: Props): ReactNode {
  const { t } = useLingui()
  const [draft, setDraft] = useState(EMPTY_DRAFT)
  const [menu, setMenu] = useState<{ message: ShownMessage; anchor: HTMLElement } | null>(null)
  const panel = useRef<HTMLElement>(null)
  const moderation = useModeration(live)
  const { shown: chat, waiting, deletions } = moderation
  const announced = useAnnouncer(chat.room.messages, chat.me)
  const latest = useRef(chat)
  latest.current = chat

  const onMenu = useCallback((message: ShownMessage, anchor: HTMLElement) => {
    if (hasMenu(latest.current, message)) setMenu({ message, anchor })
  }, [])
  const onAct = (act: Act): void => {
    if (!menu) return
    setMenu(null)
    if (act.kind === "reply") setDraft({ ...draft, answering: menu.message })
    else {
      // A deleted message has no button any more, now or when the list of the person's closes; its line stays.
      const line = menu.anchor.closest<HTMLElement>("[data-message-id]")
      if (act.kind === "delete" || act.kind === "recent") line?.focus()
      else menu.anchor.focus()
      moderation.act(act, menu.message)
    }
  }
  const onEdit = (nonce: string): void => {
    const sent = chat.outgoing.find((one) => one.nonce === nonce)
    if (!sent) return
    chat.discard(nonce)
    setDraft({ text: sent.content, answering: null, refused: sent.refused })
  }
  const { caughtUp } = chat.room
  return (
    <section
      ref={panel}
      data-chat=""
      data-state={chat.room.connection}
      aria-label={t`Chat`}
      className={cx(
        "flex min-h-0 min-w-0 flex-col overflow-hidden bg-surface ring-1 ring-line sm:rounded-2xl",
        className,
      )}
    >
      <ChatHeader chat={chat} />
      <Banner chat={chat} />
      <MessageList chat={chat} onMenu={onMenu} onEdit={onEdit} />
      <UndoStrip
        waiting={waiting}
        deletions={deletions}
        onUndone={(id) => panel.current?.querySelector<HTMLElement>(`[data-message-id="${CSS.escape(id)}"]`)?.focus()}
      />
      {moderation.problem ? (
        <div role="alert" className="flex items-center gap-2 bg-danger-soft ps-4 text-sm">
          <p className="flex-1 py-2">{moderation.problem}</p>
          <IconButton label={t`Close`} onClick={moderation.forgive}>
            <Icon name="close" size={16} />
          </IconButton>
        </div>
      ) : null}
      <Footer chat={chat} follow={follow} draft={draft} onDraft={setDraft} />
      <p role="status" className="sr-only">
        {announced}
      </p>
      <p role="status" className="sr-only" data-caught-up={caughtUp}>
        {caughtUp > 0 ? t`Missed messages were loaded: ${caughtUp}` : ""}
      </p>
      {menu ? <MessageMenu {...menu} chat={chat} onAct={onAct} onClose={() => setMenu(null)} /> : null}
      {moderation.dialog}
    </section>
  )
}
