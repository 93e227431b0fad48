// Lock screen and headset keys for what the bar plays. Told anew whenever it starts: a live stream may have taken them since.
import { useEffect } from "react"
import { isGoing, type Phase, type Preview, player } from "../../lib/player"

const STEP_S = 10

/** Browsers throw on actions they do not know: each is set on its own. */
function setHandler(action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    navigator.mediaSession.setActionHandler(action, handler)
  } catch {
    // This browser does not know the action; the others still work.
  }
}

function handlers(hasNext: boolean): Array<[MediaSessionAction, MediaSessionActionHandler | null]> {
  return [
    ["play", () => player.play()],
    ["pause", () => player.pause()],
    ["previoustrack", () => player.previous()],
    ["nexttrack", hasNext ? () => player.next() : null],
    ["seekbackward", ({ seekOffset }) => player.seekBy(-(seekOffset || STEP_S))],
    ["seekforward", ({ seekOffset }) => player.seekBy(seekOffset || STEP_S)],
    ["seekto", ({ seekTime }) => player.seek(seekTime ?? 0)],
  ]
}

function tellPosition(seconds: number): void {
  if (seconds <= 0) return
  try {
    const position = Math.min(player.position(), seconds)
    navigator.mediaSession.setPositionState({ duration: seconds, position, playbackRate: 1 })
  } catch {
    // Not supported: the system shows no time line.
  }
}

export function usePlayerSession(preview: Preview | undefined, phase: Phase, seconds: number, hasNext: boolean): void {
  const going = isGoing(phase)
  const { title, artist, coverUrl } = preview ?? {}

  useEffect(() => {
    if (!(going && title && "mediaSession" in navigator)) return
    const artwork = coverUrl ? [{ src: new URL(coverUrl, location.href).href }] : []
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: artist ?? "", artwork })
    for (const [action, handler] of handlers(hasNext)) setHandler(action, handler)
  }, [going, title, artist, coverUrl, hasNext])

  useEffect(() => {
    if (!("mediaSession" in navigator)) return
    navigator.mediaSession.playbackState = going ? "playing" : "paused"
    tellPosition(seconds)
  }, [going, seconds])

  useEffect(
    () => () => {
      if (!("mediaSession" in navigator)) return
      navigator.mediaSession.metadata = null
      navigator.mediaSession.playbackState = "none"
      for (const [action] of handlers(true)) setHandler(action, null)
    },
    [],
  )
}
