// Who moderated what, newest first, as sentences.
import { useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { absoluteTime } from "../../../lib/format"
import type { AuditEntry } from "../../../lib/types"
import { auditQuery } from "./api"
import { Listed } from "./Listed"

function useSentence(): (entry: AuditEntry) => string {
  const { t } = useLingui()
  return ({ action, actor, target, details }) => {
    const who = actor?.username ?? t`Somebody`
    const whom = target?.username ?? t`somebody`
    const minutes = typeof details.seconds === "number" ? Math.max(1, Math.round(details.seconds / 60)) : null
    switch (action) {
      case "delete_message":
        return t`${who} deleted a message of ${whom}`
      case "timeout":
        return minutes === null ? t`${who} timed ${whom} out` : t`${who} timed ${whom} out for ${minutes} min`
      case "end_timeout":
        return t`${who} ended the time-out of ${whom}`
      case "ban":
        return t`${who} banned ${whom}`
      case "unban":
        return t`${who} lifted the ban of ${whom}`
      case "settings":
        return t`${who} changed the rules`
      case "add_moderator":
        return t`${who} made ${whom} a moderator`
      case "remove_moderator":
        return t`${who} removed ${whom} as moderator`
      default:
        return t`${who} moderated`
    }
  }
}

export function AuditList({ streamId }: { streamId: string }): ReactNode {
  const { t } = useLingui()
  const audit = useQuery(auditQuery(streamId))
  const sentence = useSentence()
  return (
    <Listed
      query={audit}
      trouble={t`The log could not be read`}
      none={t`Nothing was moderated here yet.`}
      rows={({ entries }) =>
        entries.map((entry) => (
          <li key={entry.id} className="wrap-anywhere grid gap-0.5 py-2">
            <span>{sentence(entry)}</span>
            <time dateTime={entry.created_at} className="tabular text-muted text-sm">
              {absoluteTime(entry.created_at)}
            </time>
          </li>
        ))
      }
    />
  )
}
