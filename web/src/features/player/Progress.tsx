// How far the preview is: a line on the bar's upper edge on phones, between two times where there is room.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { clockTime } from "../../lib/format"
import { player, usePosition } from "../../lib/player"
import { SeekSlider } from "../../ui/SeekSlider"

export function Progress({ seconds }: { seconds: number }): ReactNode {
  const { t } = useLingui()
  const position_s = usePosition()
  const now = clockTime(position_s)
  const end = clockTime(seconds)
  const share = seconds > 0 ? Math.min(1, position_s / seconds) : 0
  return (
    <div className="flex items-center gap-3 max-md:absolute max-md:inset-x-0 max-md:-top-3 md:min-w-0 md:flex-1">
      <span aria-hidden="true" className="tabular w-9 text-end text-muted text-xs max-md:hidden">
        {now}
      </span>
      <SeekSlider
        label={t`Position in the preview`}
        text={t`${now} of ${end}`}
        value_s={position_s}
        max_s={seconds}
        onSeek={player.seek}
        className="group flex h-6 flex-1 items-center md:h-11"
      >
        <span className="relative h-1 w-full overflow-hidden bg-line group-hover:h-1.5 md:rounded-full">
          <span className="absolute inset-y-0 start-0 bg-accent" style={{ width: `${share * 100}%` }} />
        </span>
      </SeekSlider>
      <span aria-hidden="true" className="tabular w-9 text-muted text-xs max-md:hidden">
        {end}
      </span>
    </div>
  )
}
