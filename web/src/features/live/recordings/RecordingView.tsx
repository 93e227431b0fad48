// One recording: the player, what it is, and what was said, beside it. Of a broadcast on air one goes back in it here.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { Recording, Stream } from "../../../lib/types"
import { Avatar } from "../../../ui/Avatar"
import { buttonClass } from "../../../ui/Button"
import { LiveDot } from "../../../ui/LiveBadge"
import { useTitle } from "../../../ui/Page"
import { EmptyState, ErrorState, Loading, Notice, Skeleton } from "../../../ui/states"
import { Time } from "../../../ui/Time"
import { streamQuery } from "../api"
import { recordingQuery } from "./api"
import { RecordedChat } from "./RecordedChat"
import { RecordingPlayer } from "./RecordingPlayer"
import { useLacks } from "./useRecordingWords"
import type { VodLoader } from "./vodEngine"

interface Props {
  recordingId: string
  engine?: VodLoader
}

function Heading({ recording, stream }: { recording: Recording; stream: Stream | undefined }): ReactNode {
  const username = stream?.streamer.username
  return (
    <div className="grid gap-1 px-4 sm:px-0">
      <h1 className="text-balance font-bold text-xl leading-tight tracking-tight sm:text-3xl">{recording.title}</h1>
      <div className="flex flex-wrap items-center gap-x-3 text-muted">
        {username ? (
          <Link
            to="/u/$username"
            params={{ username }}
            className="flex min-h-11 items-center gap-2 rounded-lg font-semibold text-text hover:underline"
          >
            <Avatar id={recording.user_id} name={username} />
            {username}
          </Link>
        ) : null}
        <span>
          <Trans>
            recorded <Time at={recording.started_at} dayOnly />
          </Trans>
        </span>
        {recording.status === "recording" ? (
          <Link
            to="/live/$streamId"
            params={{ streamId: recording.stream_id }}
            className={buttonClass("quiet", "ms-auto")}
          >
            <LiveDot />
            <Trans>Go to live</Trans>
          </Link>
        ) : null}
      </div>
    </div>
  )
}

/** There is nothing to play: what became of it. */
function Unplayable({ recording }: { recording: Recording }): ReactNode {
  const { t } = useLingui()
  const isFailed = recording.status === "failed"
  return (
    <EmptyState
      icon={isFailed ? "warning" : "clock"}
      title={isFailed ? t`Nothing of this broadcast was recorded` : t`The recording is being finished`}
    >
      {isFailed ? null : <Trans>It plays here in a moment, by itself.</Trans>}
    </EmptyState>
  )
}

function Watch({ recording, engine }: { recording: Recording; engine: VodLoader | undefined }): ReactNode {
  useTitle(recording.title)
  const [playingAtMs, setMoment] = useState<number | null>(null)
  const { data: stream } = useQuery({ ...streamQuery(recording.stream_id), refetchInterval: false })
  const lacks = useLacks(recording)
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-col gap-x-6 gap-y-4 sm:gap-y-5 sm:px-6 sm:py-6 lg:grid lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_1fr]">
      {recording.playback_url ? (
        <RecordingPlayer
          recording={recording}
          url={recording.playback_url}
          streamer={stream?.streamer.username ?? ""}
          onMoment={setMoment}
          {...(engine ? { engine } : {})}
        />
      ) : (
        <Unplayable recording={recording} />
      )}
      <div className="grid content-start gap-4">
        <Heading recording={recording} stream={stream} />
        {lacks ? <Notice tone="warn">{lacks}</Notice> : null}
      </div>
      <RecordedChat
        recordingId={recording.id}
        playingAtMs={playingAtMs}
        className="h-[60dvh] min-h-88 lg:sticky lg:top-[calc(var(--header)+1rem)] lg:col-start-2 lg:row-span-2 lg:row-start-1 lg:h-[calc(100dvh-var(--header)-6rem)]"
      />
    </div>
  )
}

export function RecordingView({ recordingId, engine }: Props): ReactNode {
  const { t } = useLingui()
  const recording = useQuery(recordingQuery(recordingId))
  if (recording.data) return <Watch recording={recording.data} engine={engine} />
  if (recording.isPending) {
    return (
      <Loading className="mx-auto grid w-full max-w-6xl gap-5 sm:px-6 sm:py-6">
        <Skeleton className="aspect-video sm:rounded-2xl" />
        <Skeleton className="mx-4 h-8 w-2/3 sm:mx-0" />
      </Loading>
    )
  }
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-10 sm:px-6">
      {asApiError(recording.error).status === 404 ? (
        <NotThere />
      ) : (
        <ErrorState
          error={recording.error}
          title={t`This recording could not be read`}
          onRetry={() => void recording.refetch()}
        />
      )}
    </div>
  )
}

function NotThere(): ReactNode {
  const { t } = useLingui()
  useTitle(t`Recording not found`)
  return (
    <>
      <h1 className="sr-only">
        <Trans>Recording not found</Trans>
      </h1>
      <EmptyState
        icon="live"
        title={t`There is no such recording`}
        action={
          <Link to="/live" className={buttonClass()}>
            <Trans>See who is live</Trans>
          </Link>
        }
      >
        <Trans>Recordings stay for a while, and their owner may take them away.</Trans>
      </EmptyState>
    </>
  )
}
