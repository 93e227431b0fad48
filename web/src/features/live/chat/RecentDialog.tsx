// What one person wrote lately, for those who moderate: out of the messages that the page holds, newest first, each
// deletable and for a moment undoable. It follows the conversation while it is open. Loaded only when opened.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { absoluteTime, timeOfDay } from "../../../lib/format"
import { Button, IconButton } from "../../../ui/Button"
import { PlainDialog } from "../../../ui/dialogs"
import { Icon } from "../../../ui/icons"
import { Pieces } from "./Pieces"
import type { ShownMessage } from "./room"
import type { Undoable } from "./useDeletions"
import type { LiveStreamChat } from "./useLiveStreamChat"
import type { Author } from "./wire"

interface Props extends Undoable {
  of: Author
  /** As it is shown: what waits to be deleted is as good as deleted. */
  chat: LiveStreamChat
  problem: string | null
  onClose: () => void
}

function Line({ message, undo, remove }: { message: ShownMessage; undo?: () => void; remove: () => void }): ReactNode {
  const { t } = useLingui()
  const { content, created_at } = message
  return (
    <li className="flex min-h-11 items-center gap-2 py-1">
      <p className="wrap-anywhere min-w-0 flex-1 leading-relaxed">
        <time dateTime={created_at} title={absoluteTime(created_at)} className="tabular me-2 text-muted text-xs">
          {timeOfDay(created_at)}
        </time>
        {undo ? (
          <em className="text-muted">
            <Trans>Message deleted</Trans>
          </em>
        ) : (
          <Pieces content={content} me={undefined} />
        )}
      </p>
      {/* One button in two roles, so that the keyboard keeps its place. */}
      <Button
        look="plain"
        writes={!undo}
        aria-label={undo ? t`Undo: ${content}` : t`Delete: ${content}`}
        className={undo ? "shrink-0" : "shrink-0 text-danger"}
        onClick={undo ?? remove}
      >
        {undo ? <Trans>Undo</Trans> : <Trans>Delete</Trans>}
      </Button>
    </li>
  )
}

export function RecentDialog({ of, chat, waiting, deletions, problem, onClose }: Props): ReactNode {
  const { t } = useLingui()
  const { username } = of
  const { messages } = chat.room
  const undoable = new Map(waiting.map((message) => [message.id, message]))
  const theirs = messages.filter(({ id, user, deleted }) => user.id === of.id && (!deleted || undoable.has(id)))
  const anyWaiting = theirs.some(({ id }) => undoable.has(id))
  const since = messages[0] ? absoluteTime(messages[0].created_at) : null
  return (
    <PlainDialog open onClose={onClose} title={t`Recent from ${username}`}>
      <div className="absolute end-4 top-4">
        <IconButton label={t`Close`} onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </div>
      {since === null ? null : (
        <p className="text-muted text-sm">
          <Trans>Out of the messages on this page, back to {since}.</Trans>{" "}
          {chat.hasOlder ? <Trans>Load older ones in the chat to look further.</Trans> : null}
        </p>
      )}
      {problem ? (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      ) : null}
      {theirs.length > 0 ? (
        <ul className="divide-y divide-line">
          {theirs.toReversed().map((message) => (
            <Line
              key={message.id}
              message={undoable.get(message.id) ?? message}
              {...(undoable.has(message.id) ? { undo: () => deletions.undo(message.id) } : {})}
              remove={() => deletions.begin(message)}
            />
          ))}
        </ul>
      ) : (
        <p className="py-6 text-center text-muted">{t`Nothing of ${username} is left on this page.`}</p>
      )}
      <p role="status" className="sr-only">
        {anyWaiting ? t`Message deleted` : null}
      </p>
    </PlainDialog>
  )
}
