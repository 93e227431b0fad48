// The whole of a track as bars. The part that its preview plays stands out and is a slider; the rest is only seen.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useMemo } from "react"
import { clockTime } from "../../../lib/format"
import { type Preview, player, usePlayer, usePosition } from "../../../lib/player"
import type { ProductFile } from "../../../lib/types"
import { cx } from "../../../ui/classes"
import { SeekSlider } from "../../../ui/SeekSlider"
import { indexOf } from "../previews"

const BARS = 120
const HEIGHT = 48
const QUIETEST = 1.5

/** The loudest of each bar's share of the peaks, as a path of upright lines around the middle. */
function barsOf(peaks: readonly number[]): string {
  const step = peaks.length / BARS
  return Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor(bar * step)
    const loudest = Math.max(0, ...peaks.slice(from, Math.max(from + 1, Math.floor((bar + 1) * step))))
    const half = Math.max(QUIETEST, (loudest / 255) * (HEIGHT / 2))
    return `M${bar * 3 + 1.5} ${(HEIGHT / 2 - half).toFixed(1)}v${(half * 2).toFixed(1)}`
  }).join("")
}

function Bars({ path, className, cut }: { path: string; className: string; cut?: string }): ReactNode {
  return (
    <svg
      viewBox={`0 0 ${BARS * 3} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={cx("pointer-events-none absolute inset-0 size-full", className)}
      style={cut ? { clipPath: cut } : undefined}
    >
      <path d={path} stroke="currentColor" strokeWidth={2} fill="none" />
    </svg>
  )
}

const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`

function Region({
  preview,
  queue,
  path,
  from,
  to,
}: {
  preview: Preview
  queue: readonly Preview[]
  path: string
  from: number
  to: number
}): ReactNode {
  const { t } = useLingui()
  const { queue: playing, index } = usePlayer()
  const heard_s = usePosition()
  const current = playing[index]?.key === preview.key
  const position_s = current ? heard_s : 0
  const max_s = preview.seconds ?? 0
  const reached = from + (to - from) * (max_s > 0 ? Math.min(1, position_s / max_s) : 0)
  const seek = (to_s: number): void => {
    if (!current) player.playFrom(queue, indexOf(queue, preview.key))
    player.seek(to_s)
  }
  const { title } = preview
  return (
    <>
      <SeekSlider
        label={t`Position in the preview of ${title}`}
        text={t`${clockTime(position_s)} of ${clockTime(max_s)}`}
        value_s={position_s}
        max_s={max_s}
        onSeek={seek}
        className="absolute inset-y-0 min-w-6 rounded-md bg-accent-soft"
        style={{ left: percent(from), width: percent(to - from) }}
      >
        {null}
      </SeekSlider>
      <Bars path={path} className="text-accent/45" cut={`inset(0 ${percent(1 - to)} 0 ${percent(from)})`} />
      <Bars path={path} className="text-accent" cut={`inset(0 ${percent(1 - reached)} 0 ${percent(from)})`} />
    </>
  )
}

interface Props {
  file: ProductFile
  peaks: readonly number[]
  preview: Preview | undefined
  queue: readonly Preview[]
}

export function Waveform({ file, peaks, preview, queue }: Props): ReactNode {
  const path = useMemo(() => barsOf(peaks), [peaks])
  const whole_s = file.duration_seconds ?? 0
  const from = whole_s > 0 ? (file.preview_start_seconds ?? 0) / whole_s : 0
  const to = whole_s > 0 ? from + (file.preview_seconds ?? 0) / whole_s : 0
  return (
    <div className="relative isolate h-12" dir="ltr">
      <Bars path={path} className="text-edge/50" />
      {preview && to > from ? <Region preview={preview} queue={queue} path={path} from={from} to={to} /> : null}
    </div>
  )
}
