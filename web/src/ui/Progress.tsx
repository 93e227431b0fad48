// How far something is. A bar with a name; it has its place from the start, so nothing moves when it begins.
import type { ReactNode } from "react"

export function Progress({ label, value }: { label: string /** 0 to 1. */; value: number }): ReactNode {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-1.5 overflow-hidden rounded-full bg-quiet"
    >
      <div className="h-full rounded-full bg-accent transition-[width] duration-150" style={{ width: `${percent}%` }} />
    </div>
  )
}
