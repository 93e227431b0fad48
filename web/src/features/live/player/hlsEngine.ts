// The real engine: hls.js (light build, fetched when a player is on the page), set up for low latency and for music.
import type Hls from "hls.js"
import type { ErrorData, HlsConfig, LoadPolicy } from "hls.js"
import type { Engine, EngineEvents, EngineLoader, Trouble } from "./engine"

const EDGE_FALLBACK_S = 2

const patient = (tries: number): LoadPolicy => ({
  default: {
    maxTimeToFirstByteMs: 10_000,
    maxLoadTimeMs: 20_000,
    timeoutRetry: { maxNumRetry: tries, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: tries, retryDelayMs: 500, maxRetryDelayMs: 4000, backoff: "exponential" },
  },
})

const CONFIG: Partial<HlsConfig> = {
  lowLatencyMode: true,
  liveDurationInfinity: true,
  // Catching up by playing faster is heard in music: 4 % with the pitch kept is not. More than that is left to the viewer's button.
  maxLiveSyncPlaybackRate: 1.04,
  // Seeking back stays possible within the server's window, and a long session does not grow without bound.
  backBufferLength: 60,
  maxBufferLength: 30,
  startFragPrefetch: true,
  testBandwidth: false,
  // Our media needs no remuxing, so a worker would cost more than it saves, and it would need `worker-src blob:` in the CSP.
  enableWorker: false,
  playlistLoadPolicy: patient(6),
  fragLoadPolicy: patient(6),
  manifestLoadPolicy: patient(1),
}

const NO_HOPE = new Set(["manifestIncompatibleCodecsError", "bufferAddCodecError", "bufferIncompatibleCodecsError"])

function troubleOf(data: ErrorData): Trouble {
  if (NO_HOPE.has(data.details)) return "unsupported"
  if (data.response?.code === 404) return "gone"
  return data.type === "mediaError" ? "media" : "network"
}

function startHls(HlsClass: typeof Hls, video: HTMLVideoElement, url: string, events: EngineEvents): Engine {
  const hls = new HlsClass(CONFIG)
  let recovered = false
  hls.on(HlsClass.Events.MANIFEST_PARSED, (_name, data) => {
    const level = data.levels[0]
    events.onReady({ audioOnly: level !== undefined && !level.videoCodec && Boolean(level.audioCodec) })
  })
  hls.on(HlsClass.Events.ERROR, (_name, data) => {
    if (!data.fatal) return
    const trouble = troubleOf(data)
    if (trouble === "media" && !recovered) {
      recovered = true
      hls.recoverMediaError()
    } else {
      events.onTrouble(trouble)
    }
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return {
    latencyS: () => (hls.liveSyncPosition === null ? null : hls.latency),
    targetS: () => hls.targetLatency ?? EDGE_FALLBACK_S,
    liveEdgeS: () => hls.liveSyncPosition,
    destroy: () => hls.destroy(),
  }
}

/** Safari without MSE. Chromium also says "maybe" to HLS, but its own player knows no live edge, so hls.js comes first. */
function startNative(video: HTMLVideoElement, url: string, events: EngineEvents): Engine {
  const edge = (): number | null => (video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : null)
  const onMetadata = (): void => events.onReady({ audioOnly: video.videoWidth === 0 })
  const onError = (): void => events.onTrouble(video.error?.code === MediaError.MEDIA_ERR_DECODE ? "media" : "network")
  video.addEventListener("loadedmetadata", onMetadata)
  video.addEventListener("error", onError)
  video.src = url
  return {
    latencyS: () => {
      const end = edge()
      return end === null ? null : end - video.currentTime
    },
    targetS: () => EDGE_FALLBACK_S,
    liveEdgeS: edge,
    destroy: () => {
      video.removeEventListener("loadedmetadata", onMetadata)
      video.removeEventListener("error", onError)
      video.removeAttribute("src")
      video.load()
    },
  }
}

const fetchHls = () => import("hls.js/light")

/** Begins fetching the engine's code, so that it arrives while the stream's details do. */
export function preloadEngine(): void {
  fetchHls().catch(() => undefined)
}

export const loadHlsEngine: EngineLoader = async (video, url, events) => {
  const { default: HlsClass } = await fetchHls()
  if (HlsClass.isSupported()) return startHls(HlsClass, video, url, events)
  if (video.canPlayType("application/vnd.apple.mpegurl")) return startNative(video, url, events)
  events.onTrouble("unsupported")
  return { latencyS: () => null, targetS: () => EDGE_FALLBACK_S, liveEdgeS: () => null, destroy: () => undefined }
}
