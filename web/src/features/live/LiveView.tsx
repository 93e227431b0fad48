// One stream: the player, what it is, who plays, and the chat beside it (below it on a phone).
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { asApiError } from "../../lib/errors"
import { relativeTime } from "../../lib/format"
import type { Stream } from "../../lib/types"
import { useNow } from "../../lib/useBrowser"
import { Avatar } from "../../ui/Avatar"
import { buttonClass } from "../../ui/Button"
import { cx } from "../../ui/classes"
import { LiveBadge } from "../../ui/LiveBadge"
import { useTitle } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { watchedStreamQuery } from "./api"
import { LiveViewChat } from "./chat/LiveViewChat"
import { type LiveStreamChat, useLiveStreamChat } from "./chat/useLiveStreamChat"
import type { EngineLoader } from "./player/engine"
import { LiveViewPlayer } from "./player/LiveViewPlayer"
import { StreamRecordings } from "./recordings/StreamRecordings"
import { categoryName, useCategoryNames } from "./useCategoryNames"

function Streamer({ stream }: { stream: Stream }): ReactNode {
  const { username } = stream.streamer
  return (
    <Link
      to="/u/$username"
      params={{ username }}
      className="flex min-h-11 items-center gap-2 rounded-lg font-semibold text-text hover:underline"
    >
      <Avatar id={stream.user_id} name={username} />
      {username}
    </Link>
  )
}

function Heading({ stream, follow }: { stream: Stream; follow: ReactNode }): ReactNode {
  const names = useCategoryNames()
  const now_ms = useNow(30_000)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 sm:px-0">
      <h1 className="max-sm:col-span-2 text-balance font-bold text-xl leading-tight tracking-tight sm:text-3xl">
        {stream.title}
      </h1>
      <div className="col-start-1 flex flex-wrap items-center gap-x-3 text-muted">
        {stream.is_live ? <LiveBadge /> : null}
        <Streamer stream={stream} />
        <span className="max-sm:hidden">{categoryName(names, stream.category)}</span>
        {stream.is_live && stream.started_at ? (
          <span className="max-sm:hidden">
            <Trans>started {relativeTime(stream.started_at, now_ms)}</Trans>
          </span>
        ) : null}
      </div>
      <div className="col-start-2 flex flex-wrap justify-end gap-2 sm:row-span-2 sm:row-start-1 sm:self-start">
        {stream.recording_id ? (
          <Link
            to="/recordings/$recordingId"
            params={{ recordingId: stream.recording_id }}
            className={buttonClass("quiet")}
          >
            <Trans>From the beginning</Trans>
          </Link>
        ) : null}
        {follow}
      </div>
    </div>
  )
}

function About({ stream }: { stream: Stream }): ReactNode {
  return (
    <div className="grid content-start gap-4 px-4 sm:px-0">
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

/** In the order of a phone; on a wide window the chat has a column of its own. */
function Watch({
  stream,
  chat,
  follow,
  engine,
}: {
  stream: Stream
  chat: LiveStreamChat
  follow: Props["follow"]
  engine: EngineLoader | undefined
}): ReactNode {
  const [theatre, setTheatre] = useState(false)
  useTitle(stream.title)
  const { username } = stream.streamer
  return (
    <div
      className={cx(
        "mx-auto flex w-full flex-col gap-x-6 gap-y-4 sm:gap-y-5 sm:px-6 sm:py-6",
        theatre ? "max-w-none" : "max-w-7xl lg:grid lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_auto_1fr]",
      )}
    >
      {/* On a phone the picture stays, and the chat fills what is left below it. */}
      <div className="tabbed:sticky tabbed:top-(--header) tabbed:z-10" data-stays="">
        <LiveViewPlayer
          stream={stream}
          pushed={chat.room.connection === "open"}
          theatre={{ on: theatre, toggle: () => setTheatre(!theatre) }}
          {...(engine ? { engine } : {})}
        />
      </div>
      <Heading stream={stream} follow={follow?.(username, true)} />
      <LiveViewChat
        chat={chat}
        follow={follow?.(username, false)}
        className={cx(
          "h-[60dvh] min-h-88 tabbed:h-[calc(100dvh-var(--header)-3.5rem-56.25vw)]",
          theatre
            ? ""
            : "lg:sticky lg:top-[calc(var(--header)+1rem)] lg:col-start-2 lg:row-span-3 lg:row-start-1 lg:h-[calc(100dvh-var(--header)-6rem)]",
        )}
      />
      <div className="grid content-start gap-8">
        <About stream={stream} />
        <StreamRecordings streamId={stream.id} />
      </div>
    </div>
  )
}

interface Props {
  streamId: string
  /** The button that follows the streamer, with or without how many do; another feature's. */
  follow?: (username: string, count: boolean) => ReactNode
  engine?: EngineLoader
}

export function LiveView({ streamId, follow, engine }: Props): ReactNode {
  const { t } = useLingui()
  const chat = useLiveStreamChat(streamId)
  const stream = useQuery(watchedStreamQuery(streamId, chat.room.connection === "open"))
  if (stream.data) return <Watch stream={stream.data} chat={chat} follow={follow} engine={engine} />
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
