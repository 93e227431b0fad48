// Whether the controls show: always when not playing, else for 3 s after the pointer last moved.
import { useEffect, useState } from "react"

const IDLE_MS = 3000

export function useIdleControls(playing: boolean): { shown: boolean; wake: () => void } {
  const [wokenAt_ms, setWokenAt] = useState(0)
  const [idle, setIdle] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each wake starts the wait anew
  useEffect(() => {
    setIdle(false)
    if (!playing) return
    const timer = setTimeout(() => setIdle(true), IDLE_MS)
    return () => clearTimeout(timer)
  }, [playing, wokenAt_ms])
  return { shown: !(playing && idle), wake: () => setWokenAt(performance.now()) }
}
