// Keys while focus is inside the player. Letters can be switched off (WCAG 2.1.4); arrows on a slider stay the slider's.
import type { KeyboardEvent } from "react"
import { usePref } from "../../../lib/prefs"
import type { Screen } from "./Controls"
import type { Playback } from "./usePlayback"
import type { Volume } from "./useVolume"

const STEP_S = 10
const VOLUME_STEP = 0.05

/** `goLive`: what the End key does; for a recording, its end. */
type Playing = Pick<Playback, "toggle" | "seekBy" | "goLive">

export function usePlayerKeys(playback: Playing, volume: Volume, screen: Screen) {
  const [shortcuts] = usePref("shortcuts")
  const letters: Record<string, (() => void) | null> = {
    k: playback.toggle,
    j: () => playback.seekBy(-STEP_S),
    l: () => playback.seekBy(STEP_S),
    m: () => volume.setMuted(!volume.muted),
    f: screen.toggleFullscreen,
    t: screen.toggleTheatre,
    i: screen.togglePip,
  }
  const others: Record<string, () => void> = {
    ArrowLeft: () => playback.seekBy(-STEP_S),
    ArrowRight: () => playback.seekBy(STEP_S),
    ArrowUp: () => volume.setLevel(volume.level + VOLUME_STEP),
    ArrowDown: () => volume.setLevel(volume.level - VOLUME_STEP),
    End: playback.goLive,
  }
  return (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const onSlider = event.target instanceof HTMLInputElement
    const act = onSlider ? null : others[event.key]
    const letter = shortcuts === "on" ? letters[event.key.toLowerCase()] : null
    const chosen = act ?? letter
    if (!chosen) return
    event.preventDefault()
    chosen()
  }
}
