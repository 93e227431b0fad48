// One sound at a time: whoever starts is heard, and whoever was heard before is asked to stop. Knows no player.
import { type RefObject, useEffect } from "react"

type Stop = () => void

let heard: Stop | null = null

/** From now on this one is heard. `stop` is called when another one takes the sound. */
export function takeSound(stop: Stop): void {
  if (heard === stop) return
  const before = heard
  heard = stop
  before?.()
}

export function leaveSound(stop: Stop): void {
  if (heard === stop) heard = null
}

/** Takes the sound whenever this element is heard: when it plays, and when it plays and is no longer muted. */
export function useOneSound(media: RefObject<HTMLMediaElement | null>, stop: Stop): void {
  useEffect(() => {
    const element = media.current
    if (!element) return
    const onSound = (): void => {
      if (!(element.paused || element.muted)) takeSound(stop)
    }
    element.addEventListener("playing", onSound)
    element.addEventListener("volumechange", onSound)
    return () => {
      element.removeEventListener("playing", onSound)
      element.removeEventListener("volumechange", onSound)
      leaveSound(stop)
    }
  }, [media, stop])
}
