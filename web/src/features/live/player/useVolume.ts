// The volume of one <video>, remembered for the next one. A preview starts muted and remembers nothing.
import { type RefObject, useEffect, useState } from "react"
import { readPref, writePref } from "../../../lib/prefs"

export interface Volume {
  level: number
  muted: boolean
  setLevel: (level: number) => void
  setMuted: (muted: boolean) => void
}

export function useVolume(video: RefObject<HTMLVideoElement | null>, preview: boolean): Volume {
  const [level, setLevel] = useState(() => readPref("volume"))
  const [muted, setMuted] = useState(() => preview || readPref("muted"))
  useEffect(() => {
    const element = video.current
    if (!element) return
    element.volume = level
    element.muted = muted
  }, [video, level, muted])

  const change = (next: { level: number; muted: boolean }): void => {
    setLevel(next.level)
    setMuted(next.muted)
    // Also when React sees no change: the browser's policy may have muted the element behind our back.
    if (video.current) video.current.muted = next.muted
    if (preview) return
    writePref("volume", next.level)
    writePref("muted", next.muted)
  }
  return {
    level,
    muted,
    setLevel: (next) => change({ level: Math.min(1, Math.max(0, next)), muted: next <= 0 }),
    setMuted: (next) => change({ level: level === 0 && !next ? 0.5 : level, muted: next }),
  }
}
