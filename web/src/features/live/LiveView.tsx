// One stream: the player, what it is, who plays. The column beside the player is where the chat goes.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { asApiError } from "../../lib/errors"
import { relativeTime } from "../../lib/format"
import type { Stream } from "../../lib/types"
import { useNow } from "../../lib/useBrowser"
import { buttonClass } from "../../ui/Button"
import { hueOf } from "../../ui/Cover"
import { cx } from "../../ui/classes"
import { LiveBadge } from "../../ui/LiveBadge"
import { useTitle } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { streamQuery } from "./api"
import type { EngineLoader } from "./player/engine"
import { LiveViewPlayer } from "./player/LiveViewPlayer"
import { categoryName, useCategoryNames } from "./useCategoryNames"

function About({ stream }: { stream: Stream }): ReactNode {
  const names = useCategoryNames()
  const now_ms = useNow(30_000)
  return (
    <div className="grid gap-4 px-4 sm:px-0">
      <div className="grid gap-2">
        <h1 className="text-balance font-bold text-2xl leading-tight tracking-tight sm:text-3xl">{stream.title}</h1>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-muted">
          {stream.is_live ? <LiveBadge /> : null}
          <span className="flex items-center gap-2 font-semibold text-text">
            <span
              aria-hidden="true"
              className="grid size-8 place-items-center rounded-full font-bold text-sm text-white"
              style={{ background: `oklch(0.42 0.09 ${hueOf(stream.user_id)})` }}
            >
              {stream.streamer.username.slice(0, 1).toUpperCase()}
            </span>
            {stream.streamer.username}
          </span>
          <span>{categoryName(names, stream.category)}</span>
          {stream.is_live && stream.started_at ? (
            <span>
              <Trans>started {relativeTime(stream.started_at, now_ms)}</Trans>
            </span>
          ) : null}
        </div>
      </div>
      {stream.description ? <p className="max-w-3xl whitespace-pre-line">{stream.description}</p> : null}
      {stream.tags.length > 0 ? (
        <ul className="flex flex-wrap gap-2">
          {stream.tags.map((tag) => (
            <li key={tag} className="rounded-full bg-quiet px-3 py-1 text-muted text-sm">
              {tag}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

function Watch({
  stream,
  chat,
  engine,
}: {
  stream: Stream
  chat: ReactNode
  engine: EngineLoader | undefined
}): ReactNode {
  const [theatre, setTheatre] = useState(false)
  useTitle(stream.title)
  const wide = theatre || !chat
  return (
    <div
      className={cx(
        "mx-auto grid w-full gap-6 sm:px-6 sm:py-6",
        theatre ? "max-w-none" : "max-w-6xl",
        !wide && "lg:grid-cols-[1fr_22rem]",
      )}
    >
      <div className="grid min-w-0 content-start gap-5">
        <LiveViewPlayer
          stream={stream}
          theatre={{ on: theatre, toggle: () => setTheatre(!theatre) }}
          {...(engine ? { engine } : {})}
        />
        <About stream={stream} />
      </div>
      {chat}
    </div>
  )
}

interface Props {
  streamId: string
  /** The chat of this stream, when there is one. */
  chat?: ReactNode
  engine?: EngineLoader
}

export function LiveView({ streamId, chat = null, engine }: Props): ReactNode {
  const { t } = useLingui()
  const stream = useQuery(streamQuery(streamId))
  if (stream.data) return <Watch stream={stream.data} chat={chat} engine={engine} />
  if (stream.isPending) {
    return (
      <Loading className="mx-auto grid w-full max-w-6xl gap-5 sm:px-6 sm:py-6">
        <Skeleton className="aspect-video sm:rounded-2xl" />
        <Skeleton className="mx-4 h-8 w-2/3 sm:mx-0" />
        <Skeleton className="mx-4 h-5 w-1/3 sm:mx-0" />
      </Loading>
    )
  }
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-10 sm:px-6">
      {asApiError(stream.error).status === 404 ? (
        <NotThere />
      ) : (
        <ErrorState
          error={stream.error}
          title={t`This stream could not be read`}
          onRetry={() => void stream.refetch()}
        />
      )}
    </div>
  )
}

function NotThere(): ReactNode {
  const { t } = useLingui()
  useTitle(t`Stream not found`)
  return (
    <>
      <h1 className="sr-only">
        <Trans>Stream not found</Trans>
      </h1>
      <EmptyState
        icon="live"
        title={t`There is no such stream`}
        action={
          <Link to="/live" className={buttonClass()}>
            <Trans>See who is live</Trans>
          </Link>
        }
      >
        <Trans>It may have been deleted, or the address is incomplete.</Trans>
      </EmptyState>
    </>
  )
}
