// The studio: which stream, where the encoder connects, how the broadcast stands, what viewers see.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { lazy, type ReactNode, Suspense, useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { Stream } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { CopyButton } from "../../../ui/CopyButton"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { Page } from "../../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../../ui/states"
import { myStreamsQuery, studioStreamQuery } from "../api"
import type { EngineLoader } from "../player/engine"
import { LiveViewPlayer } from "../player/LiveViewPlayer"
import { RecordingsPanel } from "../recordings/RecordingsPanel"
import { ConnectCard } from "./ConnectCard"
import { DeleteStreamButton } from "./DeleteStreamButton"
import { SignalPanel } from "./SignalPanel"
import { StatusPanel } from "./StatusPanel"
import { CreateStreamForm, EditStreamForm } from "./StreamForm"

const StudioChat = lazy(() => import("./StudioChat").then((module) => ({ default: module.StudioChat })))
const CHAT_PLACE = "h-[28rem] lg:order-none"

interface Props {
  /** Which of my streams; the one on air, else the newest, when not said. */
  streamId?: string | undefined
  onStream: (id: string) => void
  engine?: EngineLoader
}

export function pickStream(streams: Stream[], wanted: string | undefined): Stream | undefined {
  return streams.find(({ id }) => id === wanted) ?? streams.find(({ is_live }) => is_live) ?? streams[0]
}

function Picker({
  streams,
  chosen,
  onStream,
  onNew,
}: {
  streams: Stream[]
  chosen: Stream
  onStream: (id: string) => void
  onNew: () => void
}): ReactNode {
  const { t } = useLingui()
  return (
    <div className="flex w-full flex-wrap gap-2 sm:w-auto">
      {streams.length > 1 ? (
        <select
          aria-label={t`Stream`}
          value={chosen.id}
          onChange={(event) => onStream(event.target.value)}
          className="min-h-11 min-w-0 flex-1 truncate rounded-lg border border-edge bg-surface px-3 text-base sm:max-w-80"
        >
          {streams.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      ) : null}
      <Button look="quiet" onClick={onNew}>
        <Icon name="plus" />
        <Trans>New stream</Trans>
      </Button>
    </div>
  )
}

function PublicLink({ stream }: { stream: Stream }): ReactNode {
  const { t } = useLingui()
  const address = `${globalThis.location.origin}/live/${stream.id}`
  return (
    <div className="flex items-center justify-between gap-2">
      <Link
        to="/live/$streamId"
        params={{ streamId: stream.id }}
        className="inline-flex min-h-11 items-center gap-2 font-semibold text-accent underline underline-offset-4"
      >
        <Trans>Public page</Trans>
        <Icon name="arrow" size={18} />
      </Link>
      <CopyButton what={t`Copy link to the public page`} value={address} />
    </div>
  )
}

function Desk({ first, engine }: { first: Stream; engine: EngineLoader | undefined }): ReactNode {
  const [pushed, setPushed] = useState(false)
  const { data: stream = first } = useQuery({
    ...studioStreamQuery(first.id, pushed),
    initialData: first,
    initialDataUpdatedAt: 0,
  })
  const chatPlace = cx(CHAT_PLACE, stream.is_live ? "order-2" : "order-3")
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
      {/* On a phone the columns dissolve: status, then what matters now, then the details. */}
      <div className="contents content-start gap-6 lg:grid">
        <StatusPanel stream={stream} />
        {stream.is_live ? (
          <SignalPanel
            streamId={stream.id}
            className="order-2 grid min-w-0 gap-4 rounded-2xl bg-surface p-5 ring-1 ring-line sm:p-6 lg:order-none"
          />
        ) : null}
        <ConnectCard stream={stream} />
      </div>
      <div className="contents content-start gap-6 lg:grid">
        <Preview stream={stream} engine={engine} />
        <Suspense fallback={<Skeleton className={cx(chatPlace, "rounded-2xl")} />}>
          <StudioChat streamId={stream.id} onOpen={setPushed} className={chatPlace} />
        </Suspense>
        <RecordingsPanel
          stream={stream}
          className="order-4 min-w-0 rounded-2xl bg-surface p-5 ring-1 ring-line sm:p-6 lg:order-none"
        />
        <section className="order-4 min-w-0 rounded-2xl bg-surface p-5 ring-1 ring-line sm:p-6 lg:order-none">
          <EditStreamForm key={stream.id} stream={stream} />
          <div className="flex justify-end pt-4">
            <DeleteStreamButton stream={stream} />
          </div>
        </section>
      </div>
    </div>
  )
}

function Preview({ stream, engine }: { stream: Stream; engine: EngineLoader | undefined }): ReactNode {
  const { t } = useLingui()
  const [open, setOpen] = useState(true)
  return (
    <section
      aria-label={t`Preview`}
      className={cx("grid min-w-0 gap-2 lg:order-none", stream.is_live ? "order-2" : "order-3")}
    >
      {open ? <LiveViewPlayer stream={stream} preview {...(engine ? { engine } : {})} /> : null}
      <div className="flex flex-wrap items-center justify-between gap-x-4">
        <PublicLink stream={stream} />
        <Button look="plain" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? <Trans>Close preview</Trans> : <Trans>Open preview</Trans>}
        </Button>
      </div>
    </section>
  )
}

function Content({ streams, streamId, onStream, engine }: Props & { streams: Stream[] }): ReactNode {
  const { t } = useLingui()
  const [creating, setCreating] = useState(false)
  const chosen = pickStream(streams, streamId)
  if (!chosen || creating) {
    return (
      <Page title={t`Go live`} lead={t`A stream is your channel: name it once, go on air as often as you like.`}>
        <section className="max-w-2xl rounded-2xl bg-surface p-5 ring-1 ring-line sm:p-6">
          <CreateStreamForm
            onCancel={chosen ? () => setCreating(false) : undefined}
            onCreated={(id) => {
              setCreating(false)
              onStream(id)
            }}
          />
        </section>
      </Page>
    )
  }
  return (
    <Page
      title={t`Go live`}
      actions={<Picker streams={streams} chosen={chosen} onStream={onStream} onNew={() => setCreating(true)} />}
    >
      <Desk key={chosen.id} first={chosen} engine={engine} />
    </Page>
  )
}

function NoPermission(): ReactNode {
  const { t } = useLingui()
  return (
    <EmptyState icon="studio" title={t`You may not broadcast here`}>
      <Trans>Your account lacks the right to go live on this server. Ask whoever runs it.</Trans>
    </EmptyState>
  )
}

export function GoLiveView(props: Props): ReactNode {
  const { t } = useLingui()
  const mine = useQuery(myStreamsQuery)
  if (mine.data) return <Content {...props} streams={mine.data} />
  if (mine.isError) {
    return (
      <Page title={t`Go live`}>
        {asApiError(mine.error).status === 403 ? (
          <NoPermission />
        ) : (
          <ErrorState
            error={mine.error}
            title={t`Your studio could not be opened`}
            onRetry={() => void mine.refetch()}
          />
        )}
      </Page>
    )
  }
  return (
    <Page title={t`Go live`}>
      <Loading className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid content-start gap-6">
          <Skeleton className="h-44 rounded-2xl" />
          <Skeleton className="h-72 rounded-2xl" />
        </div>
        <div className="grid content-start gap-6">
          <Skeleton className="aspect-video rounded-xl" />
          <Skeleton className="h-64 rounded-2xl" />
        </div>
      </Loading>
    </Page>
  )
}
