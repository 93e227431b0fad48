// The player of a live stream: our own controls on <video>. `data-state`, `data-latency-s` and `data-viewers` are a stable
// hook for tests. It knows one stream and how to play it; the page around it is LiveView's or the studio's.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react"
import { useOneSound } from "../../../lib/oneSound"
import type { Stream } from "../../../lib/types"
import { Cover } from "../../../ui/Cover"
import { cx } from "../../../ui/classes"
import { Controls, Viewers } from "./Controls"
import type { EngineLoader } from "./engine"
import { loadHlsEngine } from "./hlsEngine"
import { Overlay } from "./Overlay"
import { isOnAir, type PlayerState } from "./playerState"
import { useIdleControls } from "./useIdleControls"
import { useMediaSession, usePositionState } from "./useMediaSession"
import { usePlayback } from "./usePlayback"
import { usePlayerKeys } from "./usePlayerKeys"
import { type Theatre, useScreen } from "./useScreen"
import { useViewerCount } from "./useViewerCount"
import { useVolume } from "./useVolume"
import { Visualiser } from "./Visualiser"

interface Props {
  stream: Stream
  /** In the studio: muted, no media keys, does not count itself twice. */
  preview?: boolean
  theatre?: Theatre
  /** A socket tells the number of viewers. */
  pushed?: boolean
  engine?: EngineLoader
}

const WITH_PICTURE = new Set<PlayerState>(["playing", "paused", "buffering", "interrupted"])

/** Whether the element holds a frame: an interruption keeps the last one, but whoever comes later has none. */
function useHasPicture(video: RefObject<HTMLVideoElement | null>): boolean {
  const [has, setHas] = useState(false)
  useEffect(() => {
    const element = video.current
    if (!element) return
    const gained = (): void => setHas(true)
    const lost = (): void => setHas(false)
    const heard: Array<[string, () => void]> = [
      ["loadeddata", gained],
      ["playing", gained],
      ["emptied", lost],
    ]
    for (const [name, listener] of heard) element.addEventListener(name, listener)
    return () => {
      for (const [name, listener] of heard) element.removeEventListener(name, listener)
    }
  }, [video])
  return has
}

/** The cover while there is no picture, and over it what is heard when there never will be one. */
function Backdrop({
  stream,
  video,
  state,
  audioOnly,
}: {
  stream: Stream
  video: RefObject<HTMLVideoElement | null>
  state: PlayerState
  audioOnly: boolean
}): ReactNode {
  const hasPicture = useHasPicture(video)
  const playing = state === "playing"
  if (!audioOnly && hasPicture && WITH_PICTURE.has(state)) return null
  return (
    <div className="absolute inset-0">
      <Cover id={stream.id} src={stream.thumbnail_url ?? null} mark={false} className={playing ? "" : "opacity-60"} />
      {audioOnly && (playing || state === "paused") ? (
        <div className="absolute inset-0 grid place-items-center bg-black/35 p-8">
          <Visualiser video={video} playing={playing} />
        </div>
      ) : null}
    </div>
  )
}

export function LiveViewPlayer({
  stream,
  preview = false,
  theatre,
  pushed = false,
  engine = loadHlsEngine,
}: Props): ReactNode {
  const { t } = useLingui()
  const root = useRef<HTMLElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const volume = useVolume(video, preview)
  const source = { url: stream.playback_url, status: stream.status, counted: !preview }
  const playback = usePlayback(video, source, engine)
  useOneSound(video, playback.pause)
  const viewers = useViewerCount(stream.id, stream.viewer_count, isOnAir(stream.status) && !preview, pushed)
  const audioOnly = stream.audio_only || playback.audioOnly
  const screen = useScreen(root, video, theatre, audioOnly)
  const onKeyDown = usePlayerKeys(playback, volume, screen)
  const playing = playback.state === "playing"
  const { shown, wake } = useIdleControls(playing && !audioOnly)
  const active = isOnAir(stream.status) || playing

  const shownAs = { title: stream.title, artist: stream.streamer.username, artwork: stream.thumbnail_url ?? null }
  useMediaSession(active && !preview, shownAs, playback, playback.state === "paused")
  usePositionState(video, active && !preview)

  const unmute = (): void => {
    playback.unmute()
    volume.setMuted(false)
  }
  return (
    <section
      ref={root}
      aria-label={t`Player`}
      data-player=""
      data-state={playback.state}
      data-latency-s={playback.latencyS?.toFixed(1)}
      data-audio-only={audioOnly || undefined}
      onKeyDown={onKeyDown}
      onPointerMove={wake}
      onFocus={wake}
      className={cx(
        "@container relative isolate aspect-video w-full overflow-hidden bg-black",
        // The title stays in sight on a low window.
        preview ? "rounded-xl" : "max-h-[max(calc(100dvh-11rem),75dvh)] sm:rounded-2xl",
      )}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: live streams carry no caption track yet */}
      <video ref={video} playsInline={true} className="absolute inset-0 size-full object-contain" />
      <Backdrop stream={stream} video={video} state={playback.state} audioOnly={audioOnly} />
      <button
        type="button"
        tabIndex={playback.state === "blocked" ? -1 : 0}
        aria-label={playing ? t`Pause` : t`Play`}
        onClick={playback.toggle}
        className="absolute inset-0 outline-offset-[-6px]! focus-visible:outline-white"
      />
      <Overlay playback={playback} preview={preview} onUnmute={unmute} />
      {isOnAir(stream.status) && !preview ? <Viewers viewers={viewers} shown={shown} /> : null}
      {active ? <Controls playback={playback} volume={volume} screen={screen} preview={preview} shown={shown} /> : null}
    </section>
  )
}
