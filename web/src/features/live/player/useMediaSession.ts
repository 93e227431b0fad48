// Tells the system (lock screen, headset keys) what plays, and obeys its buttons. Cleared when the player leaves.
import { type RefObject, useEffect } from "react"

const STEP_S = 10

interface Shown {
  title: string
  artist: string
  artwork: string | null
}

interface Actions {
  play: () => void
  pause: () => void
  seekBy: (seconds: number) => void
}

/** Browsers throw on actions they do not know: each is set on its own. */
function setHandler(action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    navigator.mediaSession.setActionHandler(action, handler)
  } catch {
    // This browser does not know the action; the others still work.
  }
}

export function useMediaSession(active: boolean, shown: Shown, actions: Actions): void {
  const { title, artist, artwork } = shown
  const { play, pause, seekBy } = actions

  useEffect(() => {
    if (!(active && "mediaSession" in navigator)) return
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist, artwork: artwork ? [{ src: artwork }] : [] })
    return () => {
      navigator.mediaSession.metadata = null
    }
  }, [active, title, artist, artwork])

  useEffect(() => {
    if (!(active && "mediaSession" in navigator)) return
    const handlers: Array<[MediaSessionAction, MediaSessionActionHandler]> = [
      ["play", () => play()],
      ["pause", () => pause()],
      ["seekbackward", (details) => seekBy(-(details.seekOffset || STEP_S))],
      ["seekforward", (details) => seekBy(details.seekOffset || STEP_S)],
    ]
    for (const [action, handler] of handlers) setHandler(action, handler)
    return () => {
      for (const [action] of handlers) setHandler(action, null)
    }
  }, [active, play, pause, seekBy])
}

/** Live has no end: the length is Infinity, which not every browser accepts. */
export function usePositionState(video: RefObject<HTMLVideoElement | null>, active: boolean): void {
  useEffect(() => {
    const element = video.current
    if (!(active && element && "mediaSession" in navigator)) return
    const tell = (): void => {
      navigator.mediaSession.playbackState = element.paused ? "paused" : "playing"
      if (element.seekable.length === 0) return
      try {
        const position = Math.max(0, element.currentTime - element.seekable.start(0))
        navigator.mediaSession.setPositionState({
          duration: Number.POSITIVE_INFINITY,
          position,
          playbackRate: element.playbackRate || 1,
        })
      } catch {
        // Infinity refused: the system then shows no time line, which is right for live.
      }
    }
    const names = ["playing", "pause", "seeked", "ratechange"]
    for (const name of names) element.addEventListener(name, tell)
    return () => {
      for (const name of names) element.removeEventListener(name, tell)
      navigator.mediaSession.playbackState = "none"
    }
  }, [video, active])
}
