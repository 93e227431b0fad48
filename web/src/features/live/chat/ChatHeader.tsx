// The chat's head: what rules are on, and the doors to people and settings.
import { Trans, useLingui } from "@lingui/react/macro"
import { lazy, type ReactNode, Suspense, useState } from "react"
import { IconButton } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import type { RoomTab } from "./RoomDialog"
import type { LiveStreamChat } from "./useLiveStreamChat"

const RoomDialog = lazy(() => import("./RoomDialog").then((module) => ({ default: module.RoomDialog })))

function Rules({ chat }: { chat: LiveStreamChat }): ReactNode {
  const { enabled = true, slow_mode_seconds: slow_s = 0, followers_only: followers = false } = chat.room.settings ?? {}
  return (
    <p className="flex min-w-0 flex-1 flex-wrap gap-x-3 text-muted text-sm">
      {enabled ? null : (
        <span>
          <Trans>Closed</Trans>
        </span>
      )}
      {slow_s > 0 ? (
        <span>
          <Trans>Slow mode, {slow_s} s</Trans>
        </span>
      ) : null}
      {followers ? (
        <span>
          <Trans>Followers only</Trans>
        </span>
      ) : null}
    </p>
  )
}

export function ChatHeader({ chat }: { chat: LiveStreamChat }): ReactNode {
  const { t } = useLingui()
  const [tab, setTab] = useState<RoomTab | null>(null)
  return (
    <div className="flex items-center gap-3 border-line border-b py-1.5 ps-4 pe-2">
      <h2 className="font-bold text-lg">
        <Trans>Chat</Trans>
      </h2>
      <Rules chat={chat} />
      <div className="flex">
        <IconButton label={t`People in the chat`} onClick={() => setTab("people")}>
          <Icon name="people" />
        </IconButton>
        <IconButton label={t`Chat settings`} onClick={() => setTab(chat.moderates ? "room" : "reading")}>
          <Icon name="settings" />
        </IconButton>
      </div>
      {tab ? (
        <Suspense>
          <RoomDialog chat={chat} first={tab} onClose={() => setTab(null)} />
        </Suspense>
      ) : null}
    </div>
  )
}
