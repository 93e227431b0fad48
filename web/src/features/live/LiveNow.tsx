// "Live now" as a section of another page: a few cards, or what to do when nobody plays.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { buttonClass } from "../../ui/Button"
import { EmptyState, ErrorState, Loading } from "../../ui/states"
import { liveNowQuery } from "./api"
import { CARD_GRID, CardSkeleton, StreamCard } from "./StreamCard"

const SHOWN = 6

function Cards(): ReactNode {
  const { t } = useLingui()
  const live = useQuery(liveNowQuery({}, SHOWN))
  if (live.isPending) {
    return (
      <Loading className={CARD_GRID}>
        <CardSkeleton />
        <CardSkeleton />
        <CardSkeleton />
      </Loading>
    )
  }
  if (live.isError) {
    return (
      <ErrorState error={live.error} title={t`Who is live could not be read`} onRetry={() => void live.refetch()} />
    )
  }
  if (live.data.streams.length === 0) {
    return (
      <EmptyState
        icon="live"
        title={t`Nobody is live right now`}
        action={
          <Link to="/studio" className={buttonClass("quiet")}>
            <Trans>Be the first</Trans>
          </Link>
        }
      >
        <Trans>
          Open the studio, copy the server address and your stream key into OBS, and press “Start streaming”.
        </Trans>
      </EmptyState>
    )
  }
  return (
    <ul className={CARD_GRID}>
      {live.data.streams.map((stream) => (
        <li key={stream.id}>
          <StreamCard stream={stream} level={3} />
        </li>
      ))}
    </ul>
  )
}

export function LiveNow(): ReactNode {
  return (
    <section aria-labelledby="live-now" className="grid gap-5">
      <h2 id="live-now" className="font-bold text-2xl tracking-tight">
        <Trans>Live now</Trans>
      </h2>
      <Cards />
    </section>
  )
}
