// The element that plays, for stories of what starts it; the bar is another feature's, and has stories of its own.
import type { ReactNode } from "react"
import { player } from "../lib/player"

export function Sound(): ReactNode {
  // biome-ignore lint/a11y/useMediaCaption: tones carry no captions
  return <audio ref={player.attach} hidden={true} />
}
