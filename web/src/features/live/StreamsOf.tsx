// What one person plays right now, as a section of their page. Nothing while they are off air.
import { Trans } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { liveNowQuery } from "./api"
import { CARD_GRID, StreamCard } from "./StreamCard"

export function StreamsOf({ username }: { username: string }): ReactNode {
  const live = useQuery(liveNowQuery({ search: username }))
  const theirs = live.data?.streams.filter(({ streamer }) => streamer.username.toLowerCase() === username.toLowerCase())
  if (!theirs || theirs.length === 0) return null
  return (
    <section aria-labelledby="streams-of" className="grid gap-5">
      <h2 id="streams-of" className="font-bold text-2xl tracking-tight">
        <Trans>Live now</Trans>
      </h2>
      <ul className={CARD_GRID}>
        {theirs.map((stream) => (
          <li key={stream.id}>
            <StreamCard stream={stream} level={3} />
          </li>
        ))}
      </ul>
    </section>
  )
}
