// Tells the system (lock screen, headset keys) what plays, and obeys its buttons. Cleared when the player leaves.
import { type RefObject, useEffect, useState } from "react"
import { holdSession, leaveSession } from "../../../lib/mediaSession"

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

/** Held from when it starts. While it is `paused` somebody else may take the keys; it takes them back when it goes on. */
export function useMediaSession(active: boolean, shown: Shown, actions: Actions, paused = false): void {
  const { title, artist, artwork } = shown
  const { play, pause, seekBy } = actions
  const [owner] = useState(() => ({}))

  useEffect(() => {
    if (!active || paused) return
    holdSession(owner, { title, artist, artwork }, [
      ["play", () => play()],
      ["pause", () => pause()],
      ["seekbackward", (details) => seekBy(-(details.seekOffset || STEP_S))],
      ["seekforward", (details) => seekBy(details.seekOffset || STEP_S)],
    ])
  }, [active, paused, owner, title, artist, artwork, play, pause, seekBy])

  useEffect(() => (active ? () => leaveSession(owner) : undefined), [active, owner])
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
