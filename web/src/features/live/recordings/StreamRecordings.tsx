// What can be watched again of a stream, as a section of its page. Nothing while there is nothing.
import { Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { clockTime } from "../../../lib/format"
import type { Recording } from "../../../lib/types"
import { Cover } from "../../../ui/Cover"
import { More } from "../../../ui/More"
import { ErrorState } from "../../../ui/states"
import { Time } from "../../../ui/Time"
import { recordingsQuery } from "./api"

function RecordingCard({ recording }: { recording: Recording }): ReactNode {
  return (
    <article className="group relative grid gap-2">
      <div className="relative aspect-video overflow-hidden rounded-xl">
        <Cover id={recording.stream_id} src={recording.thumbnail_url} />
        <p className="tabular absolute end-2 bottom-2 rounded-full bg-black/75 px-2 py-0.5 text-white text-xs">
          {clockTime(recording.duration_seconds)}
        </p>
      </div>
      <h3 className="truncate font-semibold">
        <Link
          to="/recordings/$recordingId"
          params={{ recordingId: recording.id }}
          className="after:absolute after:inset-0 after:rounded-xl group-hover:underline"
        >
          {recording.title}
        </Link>
      </h3>
      <p className="text-muted text-sm">
        <Time at={recording.started_at} dayOnly />
      </p>
    </article>
  )
}

export function StreamRecordings({ streamId }: { streamId: string }): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery({ ...recordingsQuery(streamId), refetchInterval: false })
  if (list.isError) {
    return (
      <ErrorState error={list.error} title={t`The recordings could not be read`} onRetry={() => void list.refetch()} />
    )
  }
  const shown = (list.data?.pages ?? []).flatMap((page) => page.recordings).filter(({ is_published }) => is_published)
  if (shown.length === 0) return null
  return (
    <section aria-labelledby="recordings" className="grid gap-4 px-4 sm:px-0">
      <h2 id="recordings" className="font-bold text-xl">
        <Trans>Watch again</Trans>
      </h2>
      <ul className="grid gap-x-5 gap-y-6 sm:grid-cols-2 xl:grid-cols-3">
        {shown.map((recording) => (
          <li key={recording.id}>
            <RecordingCard recording={recording} />
          </li>
        ))}
      </ul>
      <More list={list} className="min-w-40 justify-self-center">
        <Trans>Load more</Trans>
      </More>
    </section>
  )
}
