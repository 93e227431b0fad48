// A file's loudness over time, small: told apart at a glance. Decoration; the facts stand beside it as text.
import { type ReactNode, useMemo } from "react"

const BARS = 64
const HEIGHT = 24

export function Waveform({ peaks }: { peaks: number[] }): ReactNode {
  const path = useMemo(() => {
    const step = peaks.length / BARS
    return Array.from({ length: BARS }, (_, bar) => {
      const part = peaks.slice(
        Math.floor(bar * step),
        Math.max(Math.floor(bar * step) + 1, Math.floor((bar + 1) * step)),
      )
      const half = Math.max(0.5, (Math.max(...part, 0) / 255) * (HEIGHT / 2))
      return `M${bar * 2 + 1} ${(HEIGHT / 2 - half).toFixed(1)}v${(half * 2).toFixed(1)}`
    }).join("")
  }, [peaks])
  return (
    <svg
      viewBox={`0 0 ${BARS * 2} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="h-6 w-full max-w-40 text-accent"
    >
      <path d={path} stroke="currentColor" strokeWidth={1} strokeLinecap="round" />
    </svg>
  )
}
