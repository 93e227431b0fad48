// The streamer's own recordings of one stream: how each stands, publishing it, taking it away.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import { clockTime, dayOf, fileSize } from "../../../lib/format"
import type { Recording, Stream } from "../../../lib/types"
import { Badge, badgeWords } from "../../../ui/Badge"
import { Button } from "../../../ui/Button"
import { PagedList } from "../../../ui/PagedList"
import { Time } from "../../../ui/Time"
import { AskFirstButton } from "../studio/AskFirstButton"
import { deleteRecording, recordingsQuery, updateRecording } from "./api"
import { Mp4Button } from "./Mp4Button"
import { useLacks, useStatusWords } from "./useRecordingWords"

function Actions({ recording }: { recording: Recording }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { id, title, is_published } = recording
  const publish = useMutation({
    mutationFn: () => updateRecording(id, { is_published: !is_published }),
    onSettled: () => queries.invalidateQueries({ queryKey: recordingsQuery(recording.stream_id).queryKey }),
  })
  return (
    <div className="grid justify-items-end gap-1">
      <div className="flex flex-wrap justify-end gap-2">
        {recording.status === "ready" ? <Mp4Button recording={recording} /> : null}
        {recording.status === "ready" ? (
          <Button
            look={is_published ? "plain" : "quiet"}
            writes
            busy={publish.isPending}
            aria-label={is_published ? t`Unpublish ${title}` : t`Publish ${title}`}
            onClick={() => publish.mutate()}
          >
            {is_published ? <Trans>Unpublish</Trans> : <Trans>Publish</Trans>}
          </Button>
        ) : null}
        <AskFirstButton
          label={t`Delete`}
          name={t`Delete ${title}`}
          look="plain"
          title={t`Delete this recording?`}
          description={t`It is gone for good, for you and for everybody who may watch it now.`}
          keep={t`Keep it`}
          confirm={t`Delete for good`}
          done={t`The recording was deleted.`}
          action={() => deleteRecording(id)}
        />
      </div>
      {publish.error ? (
        <p role="alert" className="text-danger text-sm">
          {asApiError(publish.error).message}
        </p>
      ) : null}
    </div>
  )
}

function Row({ recording }: { recording: Recording }): ReactNode {
  const words = useStatusWords()
  const lacks = useLacks(recording)
  const { name, icon, tone } = badgeWords(words, recording.is_published ? "published" : recording.status)
  const onAir = recording.status === "recording"
  return (
    <li className="grid gap-2 py-4 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-start">
      <div className="grid min-w-0 gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <Badge tone={tone} icon={icon}>
            {name}
          </Badge>
          {recording.playback_url ? (
            <Link
              to="/recordings/$recordingId"
              params={{ recordingId: recording.id }}
              className="wrap-anywhere inline-flex min-h-6 items-center font-semibold hover:underline"
            >
              {recording.title}
            </Link>
          ) : (
            <span className="wrap-anywhere font-semibold">{recording.title}</span>
          )}
        </div>
        <p className="tabular text-muted text-sm">
          <Time at={recording.started_at} /> · {clockTime(recording.duration_seconds)} ·{" "}
          {fileSize(recording.size_bytes)}
          {recording.expires_at ? (
            <>
              {" · "}
              <Trans>stays until {dayOf(recording.expires_at)}</Trans>
            </>
          ) : null}
        </p>
        {lacks ? <p className="text-sm text-warn">{lacks}</p> : null}
      </div>
      {onAir ? null : <Actions recording={recording} />}
    </li>
  )
}

export function RecordingsPanel({ stream, className }: { stream: Stream; className?: string }): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(recordingsQuery(stream.id))
  return (
    <section aria-labelledby="recordings" className={className}>
      <h2 id="recordings" className="font-bold text-xl">
        <Trans>Recordings</Trans>
      </h2>
      <PagedList
        list={list}
        rowsOf={(page) => page.recordings}
        failure={t`Your recordings could not be read`}
        empty={
          <p className="pt-2 text-muted">
            {stream.record ? (
              <Trans>Your broadcasts appear here, ready to be watched again as soon as they end.</Trans>
            ) : (
              <Trans>Broadcasts of this stream are not recorded.</Trans>
            )}
          </p>
        }
        count={(total) => <Plural value={total} one="# recording" other="# recordings" />}
      >
        {(rows) => (
          <ul className="divide-y divide-line">
            {rows.map((recording) => (
              <Row key={recording.id} recording={recording} />
            ))}
          </ul>
        )}
      </PagedList>
    </section>
  )
}
