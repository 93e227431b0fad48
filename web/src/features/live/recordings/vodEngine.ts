// Plays a recording from its beginning: hls.js where it runs, else the browser's own HLS. Never low latency.
import type { Trouble } from "../player/engine"

export interface VodEngine {
  /** The time of day of what plays now, in ms since 1970; null while unknown. */
  playingAtMs: () => number | null
  destroy: () => void
}

interface VodEvents {
  onTrouble: (trouble: Trouble) => void
}

/** Plays from `from_s` on. */
export type VodLoader = (video: HTMLVideoElement, url: string, events: VodEvents, from_s: number) => Promise<VodEngine>

interface DatedVideo extends HTMLVideoElement {
  getStartDate?: () => Date
}

function startNative(video: DatedVideo, url: string, { onTrouble }: VodEvents, from_s: number): VodEngine {
  const onError = (): void => onTrouble(video.error?.code === MediaError.MEDIA_ERR_DECODE ? "media" : "network")
  const onMetadata = (): void => {
    if (from_s > 0) video.currentTime = from_s
  }
  video.addEventListener("error", onError)
  video.addEventListener("loadedmetadata", onMetadata)
  video.src = url
  return {
    playingAtMs: () => {
      const start_ms = video.getStartDate?.().getTime()
      return start_ms === undefined || Number.isNaN(start_ms) ? null : start_ms + video.currentTime * 1000
    },
    destroy: () => {
      video.removeEventListener("error", onError)
      video.removeEventListener("loadedmetadata", onMetadata)
      video.removeAttribute("src")
      video.load()
    },
  }
}

export const loadVodEngine: VodLoader = async (video, url, events, from_s) => {
  const { default: Hls } = await import("hls.js/light")
  if (!Hls.isSupported()) {
    if (video.canPlayType("application/vnd.apple.mpegurl")) return startNative(video, url, events, from_s)
    events.onTrouble("unsupported")
    return { playingAtMs: () => null, destroy: () => undefined }
  }
  const hls = new Hls({
    startPosition: from_s,
    lowLatencyMode: false,
    backBufferLength: 60,
    maxBufferLength: 30,
    // As for live: no remuxing, so no worker, and no `worker-src blob:` in the CSP.
    enableWorker: false,
  })
  let recovered = false
  hls.on(Hls.Events.ERROR, (_name, data) => {
    if (!data.fatal) return
    if (data.type === "mediaError" && !recovered) {
      recovered = true
      hls.recoverMediaError()
    } else {
      events.onTrouble(data.response?.code === 404 ? "gone" : data.type === "mediaError" ? "media" : "network")
    }
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return { playingAtMs: () => hls.playingDate?.getTime() ?? null, destroy: () => hls.destroy() }
}
