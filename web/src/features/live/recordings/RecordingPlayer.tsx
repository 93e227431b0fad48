// The player of a recording: our own controls on <video>, with a line to seek in. `data-state` and `data-position-s` are a
// stable hook for tests. While the broadcast goes on, the line grows.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useRef } from "react"
import { clockTime } from "../../../lib/format"
import { useOneSound } from "../../../lib/oneSound"
import type { Recording } from "../../../lib/types"
import { buttonClass } from "../../../ui/Button"
import { Cover } from "../../../ui/Cover"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { SeekSlider } from "../../../ui/SeekSlider"
import { Control, VolumeControl } from "../player/Controls"
import { useIdleControls } from "../player/useIdleControls"
import { useMediaSession } from "../player/useMediaSession"
import { usePlayerKeys } from "../player/usePlayerKeys"
import { useScreen } from "../player/useScreen"
import { useVolume } from "../player/useVolume"
import { useVodPlayback, type VodPlayback } from "./useVodPlayback"
import { loadVodEngine, type VodLoader } from "./vodEngine"

interface Props {
  recording: Recording
  url: string
  /** What the media keys show beside the title. */
  streamer: string
  /** Told the time of day of what plays. */
  onMoment?: (playingAtMs: number | null) => void
  engine?: VodLoader
}

function Line({ playback }: { playback: VodPlayback }): ReactNode {
  const { t } = useLingui()
  const { position_s, length_s } = playback
  const now = clockTime(position_s)
  const end = clockTime(length_s)
  const share = length_s > 0 ? Math.min(1, position_s / length_s) : 0
  return (
    <SeekSlider
      label={t`Position in the recording`}
      text={t`${now} of ${end}`}
      value_s={position_s}
      max_s={length_s}
      onSeek={playback.seek}
      className="group flex h-8 items-center focus-visible:outline-white"
    >
      <span className="relative h-1 w-full overflow-hidden rounded-full bg-white/35 group-hover:h-1.5">
        <span className="absolute inset-y-0 start-0 bg-white" style={{ width: `${share * 100}%` }} />
      </span>
    </SeekSlider>
  )
}

function Over({ playback }: { playback: VodPlayback }): ReactNode {
  const { t } = useLingui()
  const { state, trouble } = playback
  if (state === "error") {
    return (
      <div className="grid max-w-md justify-items-center gap-3 rounded-2xl bg-black/75 px-6 py-5 text-center text-white">
        <p className="font-semibold text-lg">
          {trouble === "gone"
            ? t`This recording is no longer there`
            : trouble === "unsupported"
              ? t`This browser cannot play this recording`
              : t`Playback stopped`}
        </p>
        {trouble === "unsupported" ? null : (
          <button type="button" className={buttonClass("primary", "pointer-events-auto")} onClick={playback.retry}>
            <Trans>Try again</Trans>
          </button>
        )}
      </div>
    )
  }
  if (state === "playing") return null
  if (state === "loading") {
    return (
      <div className="flex items-center gap-3 rounded-full bg-black/75 px-5 py-3 text-white">
        <span aria-hidden="true" className="size-5 animate-spin rounded-full border-2 border-white/30 border-t-white" />
        <Trans>Connecting</Trans>
      </div>
    )
  }
  return (
    <span className="grid size-16 place-items-center rounded-full bg-black/70 text-white" aria-hidden="true">
      <Icon name="play" size={32} filled />
    </span>
  )
}

export function RecordingPlayer({ recording, url, streamer, onMoment, engine = loadVodEngine }: Props): ReactNode {
  const { t } = useLingui()
  const root = useRef<HTMLElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const volume = useVolume(video, false)
  const playback = useVodPlayback(video, url, engine)
  const { state, position_s, length_s, playingAtMs, play } = playback
  useOneSound(video, playback.pause)
  const screen = useScreen(root, video, undefined, false)
  const onKeyDown = usePlayerKeys({ ...playback, goLive: () => playback.seek(length_s) }, volume, screen)
  const playing = state === "playing"
  const { shown, wake } = useIdleControls(playing)
  useMediaSession(
    state !== "error",
    { title: recording.title, artist: streamer, artwork: recording.thumbnail_url },
    playback,
    !playing,
  )
  useEffect(() => onMoment?.(playingAtMs), [onMoment, playingAtMs])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it begins by itself once for each address, if it may
  useEffect(() => play(), [url])

  return (
    <section
      ref={root}
      aria-label={t`Player`}
      data-player=""
      data-state={state}
      data-position-s={position_s.toFixed(1)}
      onKeyDown={onKeyDown}
      onPointerMove={wake}
      onFocus={wake}
      className="@container relative isolate aspect-video max-h-[max(calc(100dvh-11rem),75dvh)] w-full overflow-hidden bg-black sm:rounded-2xl"
    >
      {state === "loading" || state === "error" ? (
        <div className="absolute inset-0 opacity-60">
          <Cover id={recording.stream_id} src={recording.thumbnail_url} mark={false} />
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/useMediaCaption: recordings carry no caption track yet */}
      <video ref={video} playsInline={true} className="absolute inset-0 size-full object-contain" />
      <button
        type="button"
        aria-label={playing ? t`Pause` : t`Play`}
        onClick={playback.toggle}
        className="absolute inset-0 outline-offset-[-6px]! focus-visible:outline-white"
      />
      <div className="pointer-events-none absolute inset-0 grid place-items-center p-4">
        <div role="status">
          <Over playback={playback} />
        </div>
      </div>
      <div
        className={cx(
          "absolute inset-x-0 bottom-0 grid bg-linear-to-t from-black/85 to-transparent px-3 pt-10 pb-1.5 text-white transition-opacity duration-150",
          "focus-within:opacity-100 [&_:focus-visible]:outline-white",
          shown ? "" : "opacity-0",
        )}
      >
        <Line playback={playback} />
        <div className="flex items-center gap-0.5">
          <Control
            icon={playing ? "pause" : "play"}
            filled
            label={playing ? t`Pause` : t`Play`}
            onClick={playback.toggle}
          />
          <Control icon="back10" badge="10" label={t`Back 10 seconds`} onClick={() => playback.seekBy(-10)} />
          <Control icon="forward10" badge="10" label={t`Forward 10 seconds`} onClick={() => playback.seekBy(10)} />
          <span className="tabular whitespace-nowrap px-2 text-sm text-white/80">
            {clockTime(position_s)} / {clockTime(length_s)}
          </span>
          <span className="flex-1" />
          <VolumeControl volume={volume} />
          {screen.togglePip ? (
            <Control icon="pip" label={t`Picture in picture`} onClick={screen.togglePip} className="@max-lg:hidden" />
          ) : null}
          <Control
            icon="fullscreen"
            label={t`Fullscreen`}
            pressed={screen.fullscreen}
            onClick={screen.toggleFullscreen}
          />
        </div>
      </div>
    </section>
  )
}
