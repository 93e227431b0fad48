// Who speaks: a name in its own colour, and what they are here as a word.
import { useLingui } from "@lingui/react/macro"
import type { CSSProperties, ReactNode } from "react"
import { hueOf } from "../../../ui/Cover"
import type { Author, Badge } from "./wire"

export function useBadgeNames(): Record<Exclude<Badge, null>, string> {
  const { t } = useLingui()
  return { host: t`Host`, moderator: t`Moderator`, staff: t`Staff` }
}

export function Name({ user: { id, username, badge } }: { user: Author }): ReactNode {
  const names = useBadgeNames()
  const badgeName = badge === null ? undefined : names[badge]
  return (
    <>
      <bdi className="name-hue font-semibold" style={{ "--hue": hueOf(id) } as CSSProperties}>
        {username}
      </bdi>
      {badgeName ? (
        <span className="ms-1.5 rounded bg-quiet px-1.5 py-0.5 align-[1px] font-semibold text-muted text-xs">
          {badgeName}
        </span>
      ) : null}
    </>
  )
}
