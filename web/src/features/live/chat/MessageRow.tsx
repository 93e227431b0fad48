// One message: name, words, what it answers, when, and the button of its menu. Drawn again only when it changes itself.
import { Trans, useLingui } from "@lingui/react/macro"
import { memo, type ReactNode } from "react"
import { absoluteTime, timeOfDay } from "../../../lib/format"
import { IconButton } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { Name, useBadgeNames } from "./Name"
import { Pieces } from "./Pieces"
import type { ShownMessage } from "./room"
import { mentions } from "./text"

export interface RowActions {
  onMenu: (message: ShownMessage, anchor: HTMLElement) => void
  onJump: (messageId: string) => void
}

interface Props extends RowActions {
  message: ShownMessage
  /** What it answers, as far as it is here. */
  answered: ShownMessage | undefined
  me: string | undefined
  /** The one that the keyboard is on. */
  active: boolean
  times: boolean
}

function Answered({ message, onJump }: { message: ShownMessage; onJump: (id: string) => void }): ReactNode {
  const { username } = message.user
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={() => onJump(message.id)}
      className="flex min-h-6 max-w-full items-center gap-1 text-muted text-sm hover:text-text"
    >
      <Icon name="reply" size={14} />
      <span className="truncate">
        <span className="sr-only">
          <Trans>Answers</Trans>{" "}
        </span>
        <bdi className="font-semibold">{username}</bdi>{" "}
        {message.deleted ? <Trans>Message deleted</Trans> : <span dir="auto">{message.content}</span>}
      </span>
    </button>
  )
}

/** As one sentence: what a screen reader says when the keyboard comes by. */
function useSentence({ user, content, deleted, created_at }: ShownMessage): string {
  const { t } = useLingui()
  const names = useBadgeNames()
  const { username, badge } = user
  const time = timeOfDay(created_at)
  const who = badge ? `${username} (${names[badge] ?? badge})` : username
  return deleted ? t`${who}: message deleted, ${time}` : t`${who}: ${content}, ${time}`
}

export const MessageRow = memo(function MessageRow({
  message,
  answered,
  me,
  active,
  times,
  onMenu,
  onJump,
}: Props): ReactNode {
  const { t } = useLingui()
  const sentence = useSentence(message)
  const { id, seq, user, content, deleted, reply_to, created_at } = message
  const toMe = !deleted && mentions(content, me)
  const { username } = user
  return (
    <article
      aria-label={sentence}
      data-message-id={id}
      data-seq={seq}
      data-mention={toMe || undefined}
      tabIndex={-1}
      onContextMenu={(event) => {
        if (deleted || (event.target as Element).closest("a")) return
        event.preventDefault()
        onMenu(message, event.currentTarget)
      }}
      className={cx(
        "group relative border-transparent border-s-2 px-3.5 py-1 outline-offset-[-3px]! hover:bg-quiet/60 focus-within:bg-quiet/60",
        toMe && "border-accent! bg-accent-soft",
      )}
    >
      {reply_to && answered ? <Answered message={answered} onJump={onJump} /> : null}
      <div className="wrap-anywhere leading-relaxed">
        <time
          dateTime={created_at}
          title={absoluteTime(created_at)}
          className={cx("tabular me-2 text-muted text-xs", !times && "sr-only")}
        >
          {timeOfDay(created_at)}
        </time>
        <Name user={user} />{" "}
        {deleted ? (
          <em className="text-muted">
            <Trans>Message deleted</Trans>
          </em>
        ) : (
          <Pieces content={content} me={me} />
        )}
      </div>
      {deleted ? null : (
        <IconButton
          label={t`Actions for the message of ${username}`}
          aria-haspopup="menu"
          tabIndex={active ? 0 : -1}
          onClick={(event) => onMenu(message, event.currentTarget)}
          className="-translate-y-1/2 pointer-events-none absolute end-1.5 top-1/2 size-9! rounded-lg bg-raised text-muted opacity-0 hover:text-text shadow-sm ring-1 ring-line focus-visible:opacity-100 group-focus-within:pointer-events-auto group-focus-within:opacity-100 group-hover:pointer-events-auto group-hover:opacity-100"
        >
          <Icon name="more" size={18} />
        </IconButton>
      )}
    </article>
  )
})
