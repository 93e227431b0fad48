// "Following, live now": only for who is signed in, and only when there is somebody to show.
import { Trans } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { useSession } from "../../lib/useSession"
import { followingLiveQuery } from "./api"
import { CARD_GRID, StreamCard } from "./StreamCard"

export function FollowingLive(): ReactNode {
  const { status } = useSession()
  const following = useQuery({ ...followingLiveQuery, enabled: status === "in" })
  const streams = status === "in" ? following.data?.streams : undefined
  if (!streams || streams.length === 0) return null
  return (
    <section aria-labelledby="following-live" className="grid gap-5 border-line border-b pb-8">
      <h2 id="following-live" className="font-bold text-2xl tracking-tight">
        <Trans>Following, live now</Trans>
      </h2>
      <ul className={CARD_GRID}>
        {streams.map((stream) => (
          <li key={stream.id}>
            <StreamCard stream={stream} level={3} />
          </li>
        ))}
      </ul>
    </section>
  )
}
