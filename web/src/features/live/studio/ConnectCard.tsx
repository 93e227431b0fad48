// Where the encoder connects: server address and stream key. The key is in the page only while it is shown.
import { Trans, useLingui } from "@lingui/react/macro"
import { lazy, type ReactNode, Suspense, useEffect, useId, useState } from "react"
import type { Stream, StreamKey } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { CopyButton } from "../../../ui/CopyButton"
import { Icon } from "../../../ui/icons"
import { ErrorState, Loading, Notice, Skeleton } from "../../../ui/states"
import { EncoderHelp } from "./EncoderHelp"
import { useReveal, useStreamKey } from "./useStreamKey"

const NewKeyDialog = lazy(() => import("./NewKeyDialog").then((module) => ({ default: module.NewKeyDialog })))

const MASK = "•".repeat(24)
const READ_ONLY = "min-h-11 w-full min-w-0 bg-transparent px-3 font-mono text-base text-text sm:text-sm"
const ROW = "flex items-center rounded-lg bg-sunken focus-within:ring-2 focus-within:ring-accent"

function ServerRow({ url }: { url: string }): ReactNode {
  const { t } = useLingui()
  const id = useId()
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-semibold text-sm">
        <Trans>Server</Trans>
      </label>
      <div className={ROW}>
        <input id={id} readOnly value={url} className={READ_ONLY} onFocus={(event) => event.target.select()} />
        <CopyButton what={t`Copy server URL`} value={url} />
      </div>
    </div>
  )
}

function KeyRow({
  streamKey,
  shown,
  onToggle,
}: {
  streamKey: string
  shown: boolean
  onToggle: () => void
}): ReactNode {
  const { t } = useLingui()
  const id = useId()
  const [failed, setFailed] = useState(false)
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-semibold text-sm">
        <Trans>Stream key</Trans>
      </label>
      <div className={ROW}>
        <input
          id={id}
          readOnly
          type={shown ? "text" : "password"}
          autoComplete="off"
          data-1p-ignore=""
          value={shown ? streamKey : MASK}
          className={READ_ONLY}
          onFocus={(event) => shown && event.target.select()}
        />
        <button
          type="button"
          aria-pressed={shown}
          aria-label={t`Show stream key`}
          title={t`Show stream key`}
          onClick={onToggle}
          className="inline-flex size-11 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-line hover:text-text"
        >
          <Icon name={shown ? "eyeOff" : "eye"} />
        </button>
        <CopyButton what={t`Copy stream key`} value={streamKey} onFailure={() => setFailed(true)} />
      </div>
      {failed ? (
        <p role="alert" className="text-danger text-sm">
          <Trans>Copying failed. Show the key, select it and copy it by hand.</Trans>
        </p>
      ) : (
        <p className="text-muted text-sm">
          <Trans>Whoever has it can broadcast as you. It hides again by itself.</Trans>
        </p>
      )}
    </div>
  )
}

function Ready({ stream, secret }: { stream: Stream; secret: StreamKey }): ReactNode {
  const reveal = useReveal()
  const [asking, setAsking] = useState(false)
  const [asked, setAsked] = useState(false)
  const [renewed, setRenewed] = useState(false)
  // Back on air with the new key: nothing is left to paste.
  useEffect(() => {
    if (stream.status === "live") setRenewed(false)
  }, [stream.status])
  const renew = (): void => {
    setAsked(true)
    setAsking(true)
  }
  return (
    <>
      <ServerRow url={secret.rtmp_url} />
      <KeyRow streamKey={secret.stream_key} shown={reveal.shown} onToggle={reveal.toggle} />
      {renewed ? (
        <Notice>
          <Trans>The old key is dead. Copy the new one and paste it into your encoder.</Trans>
        </Notice>
      ) : null}
      <div>
        <Button look="quiet" writes onClick={renew}>
          <Icon name="key" />
          <Trans>New key</Trans>
        </Button>
      </div>
      <EncoderHelp open={!stream.is_live} server={secret.rtmp_url} shownKey={reveal.shown ? secret.stream_key : null} />
      {asked ? (
        <Suspense>
          <NewKeyDialog
            stream={stream}
            open={asking}
            onClose={() => setAsking(false)}
            onRenewed={() => {
              reveal.hide()
              setRenewed(true)
              setAsking(false)
            }}
          />
        </Suspense>
      ) : null}
    </>
  )
}

export function ConnectCard({ stream }: { stream: Stream }): ReactNode {
  const { t } = useLingui()
  const secret = useStreamKey(stream.id)
  return (
    <section
      aria-labelledby="connect"
      className="order-3 grid min-w-0 content-start gap-5 rounded-2xl bg-surface p-5 ring-1 ring-line sm:p-6 lg:order-none"
    >
      <h2 id="connect" className="font-bold text-xl">
        <Trans>Connect your encoder</Trans>
      </h2>
      {secret.isPending ? (
        <Loading className="grid gap-4">
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
        </Loading>
      ) : null}
      {secret.isError ? (
        <ErrorState
          error={secret.error}
          title={t`The stream key could not be read`}
          onRetry={() => void secret.refetch()}
        />
      ) : null}
      {secret.data ? <Ready key={stream.id} stream={stream} secret={secret.data} /> : null}
    </section>
  )
}
