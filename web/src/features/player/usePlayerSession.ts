// Lock screen and headset keys for what the bar plays. Told anew whenever it starts: a live stream may have taken them since.
import { useEffect } from "react"
import { type Handlers, holdSession, leaveSession } from "../../lib/mediaSession"
import { isGoing, type Phase, type Preview, player } from "../../lib/player"

const STEP_S = 10

const handlers = (hasNext: boolean): Handlers => [
  ["play", () => player.play()],
  ["pause", () => player.pause()],
  ["previoustrack", () => player.previous()],
  ["nexttrack", hasNext ? () => player.next() : null],
  ["seekbackward", ({ seekOffset }) => player.seekBy(-(seekOffset || STEP_S))],
  ["seekforward", ({ seekOffset }) => player.seekBy(seekOffset || STEP_S)],
  ["seekto", ({ seekTime }) => player.seek(seekTime ?? 0)],
]

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
    if (!(going && title)) return
    holdSession(player, { title, artist: artist ?? "", artwork: coverUrl ?? null }, handlers(hasNext))
  }, [going, title, artist, coverUrl, hasNext])

  useEffect(() => {
    if (!(going && "mediaSession" in navigator)) return
    navigator.mediaSession.playbackState = "playing"
    tellPosition(seconds)
    return () => {
      navigator.mediaSession.playbackState = "paused"
    }
  }, [going, seconds])

  useEffect(() => () => leaveSession(player), [])
}
