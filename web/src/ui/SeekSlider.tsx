// A place in something that plays, to be moved by pointer and keys. What it looks like is its children's.
import type { CSSProperties, KeyboardEvent, PointerEvent, ReactNode } from "react"
import { cx } from "./classes"

const STEP_S = 5
const PAGE = 0.1

interface Props {
  label: string
  /** What is read out: "0:12 of 0:30". */
  text: string
  value_s: number
  max_s: number
  onSeek: (to_s: number) => void
  className?: string
  style?: CSSProperties
  children: ReactNode
}

function target(key: string, now_s: number, max_s: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: now_s - STEP_S,
    ArrowDown: now_s - STEP_S,
    ArrowRight: now_s + STEP_S,
    ArrowUp: now_s + STEP_S,
    PageDown: now_s - max_s * PAGE,
    PageUp: now_s + max_s * PAGE,
    Home: 0,
    End: max_s,
  }
  const to_s = steps[key]
  return to_s === undefined ? null : Math.min(max_s, Math.max(0, to_s))
}

export function SeekSlider({ label, text, value_s, max_s, onSeek, className, style, children }: Props): ReactNode {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const to_s = target(event.key, value_s, max_s)
    if (to_s === null) return
    event.preventDefault()
    event.stopPropagation()
    onSeek(to_s)
  }
  const seekTo = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    if (width > 0) onSeek(Math.min(1, Math.max(0, (event.clientX - left) / width)) * max_s)
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.round(max_s)}
      aria-valuenow={Math.round(Math.min(value_s, max_s))}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        seekTo(event)
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event)
      }}
      className={cx("cursor-pointer touch-none select-none", className)}
      style={style}
    >
      {children}
    </div>
  )
}
