// How loud, as a slider. Where it is remembered and what it moves is its caller's.
import { useLingui } from "@lingui/react/macro"
import type { CSSProperties, ReactNode } from "react"
import { cx } from "./classes"

interface Props {
  percent: number
  onPercent: (percent: number) => void
  className: string
}

export function VolumeSlider({ percent, onPercent, className }: Props): ReactNode {
  const { t } = useLingui()
  return (
    <input
      type="range"
      min={0}
      max={100}
      step={5}
      value={percent}
      aria-label={t`Volume`}
      aria-valuetext={t`${percent} percent`}
      onChange={(event) => onPercent(Number(event.target.value))}
      className={cx("slider w-20 cursor-pointer", className)}
      style={{ "--fill": `${percent}%` } as CSSProperties}
    />
  )
}
