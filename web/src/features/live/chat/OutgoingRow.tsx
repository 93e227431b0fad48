// What I said and is not in the conversation yet: on its way, or refused with the reason and what can be done.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Button } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { Name } from "./Name"
import { Pieces } from "./Pieces"
import type { Outgoing } from "./room"
import type { LiveStreamChat } from "./useLiveStreamChat"
import { useReasonWords } from "./useReasonWords"
import type { Badge } from "./wire"

interface Props {
  sent: Outgoing
  chat: LiveStreamChat
  onEdit: (nonce: string) => void
}

function badgeOf({ room }: LiveStreamChat): Badge {
  const role = room.rights?.role
  return role === "host" || role === "moderator" || role === "staff" ? role : null
}

export function OutgoingRow({ sent, chat, onEdit }: Props): ReactNode {
  const words = useReasonWords()
  const { nonce, content, status, refused } = sent
  const failed = status === "failed"
  return (
    <div data-pending={failed ? "failed" : "sending"} className={cx("px-4 py-1", failed && "bg-danger-soft")}>
      <div className={cx("wrap-anywhere leading-relaxed", !failed && "opacity-70")}>
        {chat.me ? <Name user={{ ...chat.me, badge: badgeOf(chat) }} /> : null}{" "}
        <Pieces content={content} me={undefined} />
        {failed ? null : (
          <span className="ms-2 text-muted text-xs">
            <Trans>Sending…</Trans>
          </span>
        )}
      </div>
      {failed && refused ? (
        <div className="flex flex-wrap items-center gap-x-1">
          <p role="alert" className="flex flex-1 basis-48 items-center gap-2 text-danger text-sm">
            <Icon name="warning" size={16} />
            {words(refused.code, refused.until_ms === null ? null : refused.until_ms - Date.now(), refused.message)}
          </p>
          <Button look="plain" aria-disabled={!chat.canSend} onClick={() => chat.again(nonce)}>
            <Trans>Try again</Trans>
          </Button>
          <Button look="plain" onClick={() => onEdit(nonce)}>
            <Trans>Edit</Trans>
          </Button>
          <Button look="plain" onClick={() => chat.discard(nonce)}>
            <Trans>Remove</Trans>
          </Button>
        </div>
      ) : null}
    </div>
  )
}
