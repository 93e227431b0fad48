// Plays one preview out of a list, or pauses it; a ring around it shows how far it is.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { isGoing, type Preview, player, usePlayer, usePosition } from "../../lib/player"
import { cx } from "../../ui/classes"
import { Icon } from "../../ui/icons"
import { indexOf } from "./previews"

const RADIUS = 20
const AROUND = 2 * Math.PI * RADIUS

function Ring({ seconds }: { seconds: number }): ReactNode {
  const position_s = usePosition()
  const share = seconds > 0 ? Math.min(1, position_s / seconds) : 0
  return (
    <svg viewBox="0 0 44 44" aria-hidden="true" className="absolute inset-0 -rotate-90" fill="none">
      <circle cx="22" cy="22" r={RADIUS} stroke="currentColor" strokeOpacity={0.3} strokeWidth={2.5} />
      <circle
        cx="22"
        cy="22"
        r={RADIUS}
        stroke="currentColor"
        strokeWidth={2.5}
        strokeLinecap="round"
        strokeDasharray={AROUND}
        strokeDashoffset={AROUND * (1 - share)}
      />
    </svg>
  )
}

interface Props {
  preview: Preview
  /** What next and previous go through; this preview is one of them. */
  queue: readonly Preview[]
  /** On a picture it is dark whatever the theme. */
  over?: boolean
  className?: string
}

export function PlayButton({ preview, queue, over = false, className }: Props): ReactNode {
  const { t } = useLingui()
  const { queue: playing, index, phase, seconds } = usePlayer()
  const current = playing[index]?.key === preview.key
  const going = current && isGoing(phase)
  const { title } = preview
  return (
    <button
      type="button"
      aria-label={going ? t`Pause ${title}` : t`Play ${title}`}
      data-playing={going || undefined}
      onClick={() => (current ? player.toggle() : player.playFrom(queue, indexOf(queue, preview.key)))}
      className={cx(
        "relative inline-flex size-11 shrink-0 items-center justify-center rounded-full transition-colors duration-150",
        over ? "bg-black/75 text-white hover:bg-black focus-visible:outline-white" : "bg-quiet text-text hover:bg-line",
        className,
      )}
    >
      {current ? <Ring seconds={seconds} /> : null}
      <Icon name={going ? "pause" : "play"} filled size={18} />
    </button>
  )
}
