// Where the player lives in the shell: its one <audio>, and its bar from the moment something was played.
import { lazy, type ReactNode, Suspense } from "react"
import { player, usePlayer } from "../../lib/player"

const PlayerBar = lazy(() => import("./PlayerBar").then((module) => ({ default: module.PlayerBar })))

export function PlayerDock(): ReactNode {
  const { queue } = usePlayer()
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: previews of music carry no captions */}
      <audio ref={player.attach} preload="auto" hidden={true} />
      {queue.length > 0 ? (
        <Suspense>
          <PlayerBar />
        </Suspense>
      ) : null}
    </>
  )
}
