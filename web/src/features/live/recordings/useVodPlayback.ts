// Drives one <video> that plays a recording: where it is, how long it is, and what stops it.
import { type RefObject, useCallback, useEffect, useRef, useState } from "react"
import type { Trouble } from "../player/engine"
import type { VodEngine, VodLoader } from "./vodEngine"

type VodState = "loading" | "playing" | "paused" | "ended" | "error"

export interface VodPlayback {
  state: VodState
  trouble: Trouble | null
  position_s: number
  /** How far one can seek: all of it, or what was recorded so far. */
  length_s: number
  playingAtMs: number | null
  play: () => void
  pause: () => void
  toggle: () => void
  seek: (to_s: number) => void
  seekBy: (seconds: number) => void
  retry: () => void
}

/** A recording that grows has no duration: what can be sought is all there is. */
function lengthOf(element: HTMLVideoElement): number {
  if (Number.isFinite(element.duration)) return element.duration
  return element.seekable.length > 0 ? element.seekable.end(element.seekable.length - 1) : 0
}

interface Place {
  position_s: number
  length_s: number
  playingAtMs: number | null
}

const START: Place = { position_s: 0, length_s: 0, playingAtMs: null }

export function useVodPlayback(video: RefObject<HTMLVideoElement | null>, url: string, load: VodLoader): VodPlayback {
  const engine = useRef<VodEngine | null>(null)
  const resume_s = useRef(0)
  const [state, setState] = useState<VodState>("loading")
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const [place, setPlace] = useState(START)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const element = video.current
    if (!element) return
    const tell = (): void => {
      const length_s = lengthOf(element)
      setPlace({ position_s: element.currentTime, length_s, playingAtMs: engine.current?.playingAtMs() ?? null })
    }
    const becomes = (next: VodState) => (): void => {
      tell()
      setState((now) => (now === "error" ? now : next))
    }
    const heard: Array<[string, () => void]> = [
      ["playing", becomes("playing")],
      ["pause", becomes("paused")],
      ["ended", becomes("ended")],
      ["canplay", () => setState((now) => (now === "loading" ? "paused" : now))],
      ["timeupdate", tell],
      ["seeking", tell],
      ["durationchange", tell],
    ]
    for (const [name, listener] of heard) element.addEventListener(name, listener)
    return () => {
      for (const [name, listener] of heard) element.removeEventListener(name, listener)
    }
  }, [video])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt rebuilds the engine from nothing
  useEffect(() => {
    const element = video.current
    if (!element) return
    let gone = false
    const onTrouble = (kind: Trouble): void => {
      if (gone) return
      setTrouble(kind)
      setState("error")
    }
    setState("loading")
    setTrouble(null)
    load(element, url, { onTrouble }, resume_s.current).then(
      (started) => {
        if (gone) started.destroy()
        else engine.current = started
      },
      () => onTrouble("network"),
    )
    return () => {
      gone = true
      // Another address of the same recording (its broadcast ended, it was published) goes on where this one was.
      resume_s.current = element.currentTime
      engine.current?.destroy()
      engine.current = null
    }
  }, [url, attempt, load])

  const play = useCallback(() => void video.current?.play().catch(() => undefined), [video])
  const pause = useCallback(() => video.current?.pause(), [video])
  const toggle = useCallback(() => (video.current?.paused ? play() : pause()), [video, play, pause])
  const seek = useCallback(
    (to_s: number) => {
      const element = video.current
      if (element) element.currentTime = Math.min(Math.max(to_s, 0), lengthOf(element))
    },
    [video],
  )
  const seekBy = useCallback((seconds: number) => seek((video.current?.currentTime ?? 0) + seconds), [video, seek])
  const retry = useCallback(() => setAttempt((n) => n + 1), [])
  return { state, trouble, ...place, play, pause, toggle, seek, seekBy, retry }
}
