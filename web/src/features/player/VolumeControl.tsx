// How loud previews are, remembered by this browser and shared with live streams. Phones have keys of their own for it.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { player } from "../../lib/player"
import { usePref } from "../../lib/prefs"
import { IconButton } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { VolumeSlider } from "../../ui/VolumeSlider"

export function VolumeControl(): ReactNode {
  const { t } = useLingui()
  const [level] = usePref("volume")
  const [muted] = usePref("muted")
  const percent = Math.round((muted ? 0 : level) * 100)
  return (
    <div className="hidden items-center lg:flex">
      <IconButton
        label={percent === 0 ? t`Unmute` : t`Mute`}
        onClick={() => player.setVolume(level === 0 ? 0.5 : level, percent > 0)}
      >
        <Icon name={percent === 0 ? "muted" : "volume"} />
      </IconButton>
      <VolumeSlider
        percent={percent}
        onPercent={(next) => player.setVolume(next / 100, next === 0)}
        className="text-accent [--rest:var(--edge)]"
      />
    </div>
  )
}
