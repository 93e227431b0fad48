// Drives one <video>: attaches the engine while the stream is on air, rebuilds it with back-off, knows the distance to live.
import { type RefObject, useCallback, useEffect, useRef, useState } from "react"
import type { StreamStatus } from "../../../lib/types"
import { type Engine, type EngineLoader, retryDelayMs, type Trouble, viewerId, withViewer } from "./engine"
import { type Phase, type PlayerState, playerState, shouldAttach } from "./playerState"

const BUFFERING_AFTER_MS = 500
const TICK_MS = 500
const BEHIND_TOLERANCE_S = 1.5
const LONG_PAUSE_S = 30
const MEDIA_REBUILDS = 3

export interface Playback {
  state: PlayerState
  trouble: Trouble | null
  audioOnly: boolean
  /** Muted because the browser allowed no sound before a gesture; not the viewer's choice. */
  mutedByPolicy: boolean
  latencyS: number | null
  /** Seconds later than this player could be; 0 at the edge. */
  behindS: number
  play: () => void
  pause: () => void
  toggle: () => void
  goLive: () => void
  seekBy: (seconds: number) => void
  unmute: () => void
  retry: () => void
}

interface Source {
  url: string
  status: StreamStatus
  /** Whether this player is one of the viewers; the host's own preview is not. */
  counted: boolean
}

/** Listens to the element and turns its events into phases. */
function useElementPhase(video: RefObject<HTMLVideoElement | null>, engine: RefObject<Engine | null>) {
  const [phase, setPhase] = useState<Phase>("idle")
  useEffect(() => {
    const element = video.current
    if (!element) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const settle = (next: Phase) => () => {
      clearTimeout(timer)
      if (engine.current) setPhase(next)
    }
    const onWaiting = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => setPhase((now) => (now === "playing" ? "buffering" : now)), BUFFERING_AFTER_MS)
    }
    const heard: Array<[string, () => void]> = [
      ["playing", settle("playing")],
      ["pause", settle("paused")],
      ["ended", settle("idle")],
      ["waiting", onWaiting],
    ]
    for (const [name, listener] of heard) element.addEventListener(name, listener)
    return () => {
      clearTimeout(timer)
      for (const [name, listener] of heard) element.removeEventListener(name, listener)
    }
  }, [video, engine])
  return [phase, setPhase] as const
}

/** Plays with sound if allowed, else muted, else reports that a gesture is needed. */
async function autoplay(element: HTMLVideoElement): Promise<"sound" | "muted" | "blocked" | "cancelled"> {
  const attempt = (): Promise<string> =>
    element.play().then(
      () => "ok",
      (cause: unknown) => (cause as DOMException).name,
    )
  const first = await attempt()
  if (first === "ok") return "sound"
  if (first !== "NotAllowedError") return "cancelled"
  if (element.muted) return "blocked"
  element.muted = true
  const second = await attempt()
  if (second === "ok") return "muted"
  element.muted = false
  return second === "NotAllowedError" ? "blocked" : "cancelled"
}

function useLatency(engine: RefObject<Engine | null>, attached: boolean) {
  const [latency, setLatency] = useState<{ latencyS: number | null; behindS: number }>({ latencyS: null, behindS: 0 })
  useEffect(() => {
    if (!attached) return
    const timer = setInterval(() => {
      const now = engine.current?.latencyS() ?? null
      const late = now === null ? 0 : now - (engine.current?.targetS() ?? 0)
      setLatency({ latencyS: now, behindS: late > BEHIND_TOLERANCE_S ? Math.round(late) : 0 })
    }, TICK_MS)
    return () => clearInterval(timer)
  }, [engine, attached])
  return latency
}

interface Attachment {
  video: RefObject<HTMLVideoElement | null>
  engine: RefObject<Engine | null>
  /** False after the viewer paused: a rebuilt engine then waits. */
  wanted: RefObject<boolean>
  failures: RefObject<number>
  attached: boolean
  url: string
  counted: boolean
  load: EngineLoader
  setPhase: (phase: Phase | ((now: Phase) => Phase)) => void
}

/** Builds the engine while `attached`, and anew after trouble: 1 → 10 s apart, or never when there is no hope. */
function useEngine({ video, engine, wanted, failures, attached, url, counted, load, setPhase }: Attachment) {
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const [attempt, setAttempt] = useState(0)
  const [audioOnly, setAudioOnly] = useState(false)
  const [mutedByPolicy, setMutedByPolicy] = useState(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt rebuilds the engine from nothing
  useEffect(() => {
    const element = video.current
    if (!(attached && element)) return
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined

    const onTrouble = (kind: Trouble): void => {
      if (gone) return
      setTrouble(kind)
      failures.current += 1
      const hopeless = kind === "unsupported" || (kind === "media" && failures.current > MEDIA_REBUILDS)
      setPhase(hopeless ? "failed" : "retrying")
      if (hopeless) return
      timer = setTimeout(() => setAttempt((n) => n + 1), retryDelayMs(failures.current - 1, Math.random()))
    }
    const onReady = (facts: { audioOnly: boolean }): void => {
      if (!gone) setAudioOnly(facts.audioOnly)
    }
    const begin = async (started: Engine): Promise<void> => {
      engine.current = started
      if (!wanted.current) return
      const outcome = await autoplay(element)
      if (gone) return
      if (outcome === "muted") setMutedByPolicy(true)
      if (outcome === "blocked") setPhase("blocked")
    }

    setPhase((now) => (now === "retrying" ? now : "loading"))
    load(element, counted ? withViewer(url, viewerId()) : url, { onTrouble, onReady }).then(
      (started) => (gone ? started.destroy() : begin(started)),
      () => onTrouble("network"),
    )
    return () => {
      gone = true
      clearTimeout(timer)
      engine.current?.destroy()
      engine.current = null
    }
  }, [attached, url, counted, attempt, load])

  useEffect(() => {
    if (!attached) setPhase("idle")
  }, [attached, setPhase])

  const unmute = useCallback(() => {
    if (video.current) video.current.muted = false
    setMutedByPolicy(false)
  }, [video])
  const retry = useCallback(() => {
    failures.current = 0
    setTrouble(null)
    setPhase("loading")
    setAttempt((n) => n + 1)
  }, [failures, setPhase])
  return { trouble, audioOnly, mutedByPolicy, unmute, retry }
}

export function usePlayback(
  video: RefObject<HTMLVideoElement | null>,
  { url, status, counted }: Source,
  load: EngineLoader,
): Playback {
  const engine = useRef<Engine | null>(null)
  const wanted = useRef(true)
  const failures = useRef(0)
  const [phase, setPhase] = useElementPhase(video, engine)
  const attached = shouldAttach(status, phase)
  useEffect(() => {
    if (phase === "playing") failures.current = 0
  }, [phase])
  const attachment = useEngine({ video, engine, wanted, failures, attached, url, counted, load, setPhase })
  const latency = useLatency(engine, attached)
  const controls = useControls(video, engine, wanted)
  return { state: playerState(status, phase), ...attachment, ...latency, ...controls }
}

/** The newest position worth seeking to. */
function edgeOf(element: HTMLVideoElement, engine: Engine | null): number | null {
  const edge = engine?.liveEdgeS() ?? null
  if (edge !== null) return edge
  return element.seekable.length > 0 ? element.seekable.end(element.seekable.length - 1) : null
}

function useControls(
  video: RefObject<HTMLVideoElement | null>,
  engine: RefObject<Engine | null>,
  wanted: RefObject<boolean>,
) {
  const goLive = useCallback(() => {
    const element = video.current
    if (!element) return
    const edge = edgeOf(element, engine.current)
    if (edge !== null) element.currentTime = edge
    wanted.current = true
    element.play().catch(() => undefined)
  }, [video, engine, wanted])

  const play = useCallback(() => {
    wanted.current = true
    // What was paused for long has left the server's window: go on at the edge.
    if ((engine.current?.latencyS() ?? 0) > LONG_PAUSE_S) goLive()
    else video.current?.play().catch(() => undefined)
  }, [video, engine, wanted, goLive])

  const pause = useCallback(() => {
    wanted.current = false
    video.current?.pause()
  }, [video, wanted])

  const toggle = useCallback(() => {
    if (video.current?.paused) play()
    else pause()
  }, [video, play, pause])

  const seekBy = useCallback(
    (seconds: number) => {
      const element = video.current
      if (!element || element.seekable.length === 0) return
      const edge = edgeOf(element, engine.current) ?? element.currentTime
      const start = element.seekable.start(0)
      element.currentTime = Math.min(Math.max(element.currentTime + seconds, start), Math.max(edge, start))
    },
    [video, engine],
  )

  return { play, pause, toggle, goLive, seekBy }
}
