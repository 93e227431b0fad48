// Picture in picture, fullscreen and theatre for one player.
import { type RefObject, useEffect, useState } from "react"
import type { Screen } from "./Controls"

interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void
}

export interface Theatre {
  on: boolean
  toggle: () => void
}

export function useScreen(
  root: RefObject<HTMLElement | null>,
  video: RefObject<HTMLVideoElement | null>,
  theatre: Theatre | undefined,
  audioOnly: boolean,
): Screen {
  const [fullscreen, setFullscreen] = useState(false)
  useEffect(() => {
    const tell = (): void => setFullscreen(document.fullscreenElement === root.current && root.current !== null)
    document.addEventListener("fullscreenchange", tell)
    return () => document.removeEventListener("fullscreenchange", tell)
  }, [root])

  const togglePip = (): void => {
    const done = document.pictureInPictureElement
      ? document.exitPictureInPicture()
      : video.current?.requestPictureInPicture()
    done?.catch(() => undefined)
  }
  const toggleFullscreen = (): void => {
    const apple: AppleVideo | null = video.current
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined)
    else if (root.current?.requestFullscreen) root.current.requestFullscreen().catch(() => undefined)
    else apple?.webkitEnterFullscreen?.()
  }
  return {
    togglePip: document.pictureInPictureEnabled && !audioOnly ? togglePip : null,
    toggleFullscreen,
    toggleTheatre: theatre?.toggle ?? null,
    theatre: theatre?.on ?? false,
    fullscreen,
  }
}
