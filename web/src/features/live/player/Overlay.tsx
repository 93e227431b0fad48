// What lies over the picture when it does not simply play: why, and what to do.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { buttonClass } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import type { Playback } from "./usePlayback"

function Message({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }): ReactNode {
  return (
    <div className="grid max-w-md justify-items-center gap-2 rounded-2xl bg-black/75 @lg:px-6 px-4 @lg:py-5 py-3 text-center text-white">
      <p className="font-semibold @lg:text-xl text-base">{title}</p>
      {children ? <p className="text-balance @lg:text-base text-sm text-white/85">{children}</p> : null}
      {action}
    </div>
  )
}

function Spinner({ label }: { label: string }): ReactNode {
  return (
    <div className="flex items-center gap-3 rounded-full bg-black/75 px-5 py-3 text-white">
      <span aria-hidden="true" className="size-5 animate-spin rounded-full border-2 border-white/30 border-t-white" />
      {label}
    </div>
  )
}

const BIG =
  "pointer-events-auto inline-flex min-h-14 items-center gap-3 rounded-full bg-white px-7 font-semibold text-black text-lg hover:bg-white/90"

function Content({ playback, preview }: { playback: Playback; preview: boolean }): ReactNode {
  const { t } = useLingui()
  switch (playback.state) {
    case "loading":
      return <Spinner label={t`Connecting`} />
    case "buffering":
      return <Spinner label={t`Buffering`} />
    case "waiting":
      return (
        <Message title={preview ? t`Your picture appears here` : t`Not on air yet`}>
          {preview ? null : <Trans>It starts here by itself. You can leave this page open.</Trans>}
        </Message>
      )
    case "interrupted":
      return (
        <Message title={preview ? t`Your encoder is away` : t`The connection to the host dropped`}>
          {preview ? null : <Trans>It goes on by itself as soon as they are back.</Trans>}
        </Message>
      )
    case "ended":
      return (
        <Message title={t`This broadcast has ended`}>
          {preview ? null : <Trans>Thank you for listening. The channel may go on air again.</Trans>}
        </Message>
      )
    case "blocked":
      return (
        <button type="button" className={BIG} onClick={playback.play}>
          <Icon name="play" filled />
          <Trans>Play</Trans>
        </button>
      )
    case "error":
      return (
        <Message
          title={playback.trouble === "unsupported" ? t`This browser cannot play this stream` : t`Playback stopped`}
          action={
            <button
              type="button"
              className={buttonClass("primary", "pointer-events-auto mt-2")}
              onClick={playback.retry}
            >
              <Trans>Try again</Trans>
            </button>
          }
        >
          {playback.trouble === "unsupported" ? (
            <Trans>It needs H.264 video or AAC sound. Another browser may have them.</Trans>
          ) : (
            <Trans>The picture or the sound could not be decoded.</Trans>
          )}
        </Message>
      )
    default:
      return null
  }
}

export function Overlay({
  playback,
  preview,
  onUnmute,
}: {
  playback: Playback
  preview: boolean
  onUnmute: () => void
}): ReactNode {
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center p-4">
      <div role="status">
        <Content playback={playback} preview={preview} />
      </div>
      {playback.mutedByPolicy && playback.state === "playing" ? (
        <button type="button" className={`${BIG} absolute`} onClick={onUnmute}>
          <Icon name="muted" />
          <Trans>Turn on sound</Trans>
        </button>
      ) : null}
    </div>
  )
}
