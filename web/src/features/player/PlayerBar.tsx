// The bar that stays while pages change: what plays, how far it is, and what comes next. Its letters act only while focus
// is inside. `data-preview-bar` and `data-state` are a stable hook for tests, and the style sheet makes room by the former.
import { useLingui } from "@lingui/react/macro"
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useState } from "react"
import { isGoing, player, usePlayer } from "../../lib/player"
import { readPref } from "../../lib/prefs"
import { IconButton } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { NowPlaying } from "./NowPlaying"
import { Progress } from "./Progress"
import { usePlayerSession } from "./usePlayerSession"
import { VolumeControl } from "./VolumeControl"

const QueueDialog = lazy(() => import("./QueueDialog").then((module) => ({ default: module.QueueDialog })))
const STEP_S = 10
const LETTERS: Record<string, () => void> = {
  k: player.toggle,
  j: () => player.seekBy(-STEP_S),
  l: () => player.seekBy(STEP_S),
  m: () => player.setVolume(readPref("volume"), !readPref("muted")),
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || readPref("shortcuts") === "off") return
  const act = LETTERS[event.key.toLowerCase()]
  if (!act) return
  event.preventDefault()
  act()
}

function Transport(): ReactNode {
  const { t } = useLingui()
  const { phase, queue, index } = usePlayer()
  const going = isGoing(phase)
  const last = index + 1 >= queue.length
  return (
    <div className="flex items-center">
      <IconButton label={t`Previous`} onClick={player.previous} className="text-text hover:bg-quiet max-md:hidden">
        <Icon name="previous" filled />
      </IconButton>
      <IconButton
        label={going ? t`Pause` : t`Play`}
        aria-busy={phase === "loading" || phase === "buffering" || undefined}
        onClick={player.toggle}
        className="rounded-full! bg-accent text-on-accent hover:bg-accent-strong aria-busy:animate-pulse"
      >
        <Icon name={going ? "pause" : "play"} filled />
      </IconButton>
      <IconButton
        label={t`Next`}
        aria-disabled={last || undefined}
        onClick={player.next}
        className="text-text hover:bg-quiet aria-disabled:opacity-40"
      >
        <Icon name="next" filled />
      </IconButton>
    </div>
  )
}

export function PlayerBar(): ReactNode {
  const { t } = useLingui()
  const state = usePlayer()
  const [listed, setListed] = useState<boolean | null>(null)
  const preview = state.queue[state.index]
  usePlayerSession(preview, state.phase, state.seconds, state.index + 1 < state.queue.length)
  if (!preview) return null
  return (
    <aside
      aria-label={t`Player`}
      data-preview-bar=""
      data-state={state.phase}
      onKeyDown={onKeyDown}
      className="pop fixed inset-x-0 bottom-0 z-20 border-line border-t bg-raised pb-[env(safe-area-inset-bottom)] tabbed:bottom-[calc(3.5rem+1px+env(safe-area-inset-bottom))] tabbed:pb-0"
    >
      <div className="relative mx-auto flex h-16 max-w-6xl items-center gap-1 px-3 sm:px-6 md:gap-4">
        <NowPlaying preview={preview} state={state} />
        <Transport />
        <Progress seconds={state.seconds} />
        <div className="flex items-center">
          <VolumeControl />
          <IconButton label={t`Up next`} onClick={() => setListed(true)}>
            <Icon name="list" />
          </IconButton>
          <IconButton label={t`Close the player`} onClick={player.close}>
            <Icon name="close" size={18} />
          </IconButton>
        </div>
      </div>
      {listed === null ? null : (
        <Suspense>
          <QueueDialog open={listed} onClose={() => setListed(false)} />
        </Suspense>
      )}
    </aside>
  )
}
