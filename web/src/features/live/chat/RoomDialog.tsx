// Everything around a chat that is not the conversation: who is there, how it is read, and for moderators its rules, bans
// and log. Loaded only when opened.
import { Tabs } from "@base-ui/react/tabs"
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useState } from "react"
import { IconButton } from "../../../ui/Button"
import { PlainDialog } from "../../../ui/dialogs"
import { Icon } from "../../../ui/icons"
import { AuditList } from "./AuditList"
import { BanList } from "./BanList"
import { PeopleList } from "./PeopleList"
import { ReadingForm } from "./ReadingForm"
import { RulesForm } from "./RulesForm"
import type { LiveStreamChat } from "./useLiveStreamChat"

export type RoomTab = "people" | "reading" | "room" | "bans" | "log"

interface Props {
  chat: LiveStreamChat
  first: RoomTab
  onClose: () => void
}

export function RoomDialog({ chat, first, onClose }: Props): ReactNode {
  const { t } = useLingui()
  const [tab, setTab] = useState<RoomTab>(first)
  const tabs: Array<[RoomTab, string, ReactNode]> = [
    ["people", t`People`, <PeopleList key="people" chat={chat} />],
    ["reading", t`Reading`, <ReadingForm key="reading" />],
  ]
  if (chat.moderates) {
    tabs.push(
      ["room", t`Rules`, <RulesForm key="room" streamId={chat.streamId} />],
      ["bans", t`Bans`, <BanList key="bans" streamId={chat.streamId} />],
      ["log", t`Log`, <AuditList key="log" streamId={chat.streamId} />],
    )
  }
  return (
    <PlainDialog open onClose={onClose} title={t`Chat`}>
      <div className="absolute end-4 top-4">
        <IconButton label={t`Close`} onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </div>
      <Tabs.Root value={tab} onValueChange={(next: RoomTab) => setTab(next)} className="grid min-w-0 gap-4">
        <Tabs.List className="-mx-2 flex overflow-x-auto border-line border-b px-2">
          {tabs.map(([id, name]) => (
            <Tabs.Tab
              key={id}
              value={id}
              className="-mb-px min-h-11 shrink-0 border-transparent border-b-2 px-3 font-semibold text-muted hover:text-text aria-selected:border-accent aria-selected:text-text"
            >
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(([id, , content]) => (
          <Tabs.Panel key={id} value={id} className="min-h-64 min-w-0 outline-offset-4">
            {content}
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </PlainDialog>
  )
}
