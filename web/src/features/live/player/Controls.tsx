// The bar of controls over the picture. Every control is a real button or slider with a name.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { cx } from "../../../ui/classes"
import { Icon, type IconName } from "../../../ui/icons"
import { LiveDot } from "../../../ui/LiveBadge"
import { VolumeSlider } from "../../../ui/VolumeSlider"
import type { Playback } from "./usePlayback"
import type { ViewerCount } from "./useViewerCount"
import type { Volume } from "./useVolume"

const ROUND =
  "relative inline-flex size-11 shrink-0 items-center justify-center rounded-lg text-white hover:bg-white/15"

export function Control({
  icon,
  label,
  onClick,
  pressed,
  className,
  filled,
  badge,
}: {
  icon: IconName
  label: string
  onClick: () => void
  pressed?: boolean
  className?: string
  filled?: boolean
  badge?: string
}): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
      className={cx(ROUND, className)}
    >
      <Icon name={icon} filled={filled ?? false} />
      {badge ? <span className="absolute pt-px font-bold text-[0.5rem] leading-none">{badge}</span> : null}
    </button>
  )
}

function LiveButton({ playback }: { playback: Playback }): ReactNode {
  const { behindS } = playback
  const atEdge = behindS === 0
  return (
    <button
      type="button"
      aria-disabled={atEdge || undefined}
      onClick={() => atEdge || playback.goLive()}
      className={cx(
        "tabular inline-flex min-h-11 shrink-0 items-center gap-2 rounded-lg px-3 text-start font-semibold text-sm text-white aria-disabled:cursor-default",
        atEdge ? "" : "bg-white/15 hover:bg-white/25",
      )}
    >
      {atEdge ? <LiveDot /> : <span aria-hidden="true" className="size-2 rounded-full bg-white/70" />}
      <span className={atEdge ? "" : "@max-lg:max-w-20 @max-lg:text-xs @max-lg:leading-tight"}>
        {atEdge ? <Trans>Live</Trans> : <Trans>Go to live, {behindS} s behind</Trans>}
      </span>
    </button>
  )
}

export function VolumeControl({ volume }: { volume: Volume }): ReactNode {
  const { t } = useLingui()
  const percent = Math.round((volume.muted ? 0 : volume.level) * 100)
  return (
    <div className="flex items-center">
      <Control
        icon={percent === 0 ? "muted" : "volume"}
        label={volume.muted ? t`Unmute` : t`Mute`}
        onClick={() => volume.setMuted(!volume.muted)}
      />
      <VolumeSlider
        percent={percent}
        onPercent={(next) => volume.setLevel(next / 100)}
        className="text-white @max-lg:hidden"
      />
    </div>
  )
}

export interface Screen {
  togglePip: (() => void) | null
  toggleFullscreen: () => void
  toggleTheatre: (() => void) | null
  theatre: boolean
  fullscreen: boolean
}

export function Viewers({ viewers, shown }: { viewers: ViewerCount; shown: boolean }): ReactNode {
  return (
    <span
      data-viewers={viewers.count}
      data-stale={viewers.stale || undefined}
      className={cx(
        "tabular pointer-events-none absolute end-3 top-3 inline-flex items-center gap-1.5 rounded-full bg-black/70 px-3 py-1 text-sm text-white transition-opacity duration-150",
        shown ? viewers.stale && "opacity-60" : "opacity-0",
      )}
    >
      <Icon name="people" size={16} />
      <Plural value={viewers.count} one="# watching" other="# watching" />
    </span>
  )
}

interface Props {
  playback: Playback
  volume: Volume
  screen: Screen
  preview: boolean
  shown: boolean
}

export function Controls({ playback, volume, screen, preview, shown }: Props): ReactNode {
  const { t } = useLingui()
  const playing = playback.state === "playing" || playback.state === "buffering"
  const latency = playback.latencyS?.toFixed(1)
  return (
    <div
      className={cx(
        "absolute inset-x-0 bottom-0 flex items-center gap-0.5 bg-linear-to-t from-black/85 to-transparent px-2 pt-10 pb-1.5 text-white transition-opacity duration-150 sm:px-3",
        "focus-within:opacity-100 [&_:focus-visible]:outline-white",
        shown ? "" : "opacity-0",
      )}
    >
      <Control
        icon={playing ? "pause" : "play"}
        filled
        label={playing ? t`Pause` : t`Play`}
        onClick={playback.toggle}
      />
      {preview ? null : (
        <>
          <Control icon="back10" badge="10" label={t`Back 10 seconds`} onClick={() => playback.seekBy(-10)} />
          <Control
            icon="forward10"
            badge="10"
            label={t`Forward 10 seconds`}
            onClick={() => playback.seekBy(10)}
            className="@max-lg:hidden"
          />
        </>
      )}
      {playing || playback.state === "paused" ? <LiveButton playback={playback} /> : null}
      {latency === undefined || playback.behindS > 0 ? null : (
        <span className="tabular whitespace-nowrap text-sm text-white/80 @max-2xl:hidden">
          <Trans>{latency} s delay</Trans>
        </span>
      )}
      <span className="flex-1" />
      <VolumeControl volume={volume} />
      {screen.togglePip ? (
        <Control icon="pip" label={t`Picture in picture`} onClick={screen.togglePip} className="@max-lg:hidden" />
      ) : null}
      {screen.toggleTheatre ? (
        <Control
          icon="theatre"
          label={t`Theatre mode`}
          pressed={screen.theatre}
          onClick={screen.toggleTheatre}
          className="max-lg:hidden"
        />
      ) : null}
      <Control icon="fullscreen" label={t`Fullscreen`} pressed={screen.fullscreen} onClick={screen.toggleFullscreen} />
    </div>
  )
}
