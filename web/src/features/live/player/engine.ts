// What the player asks of an engine: attach to a <video>, tell of trouble, know how far behind live it is. No hls.js here.
import { newKey } from "../../../lib/keys"

/** Why playback stopped: `gone` = 404, `network` = no answer, `media` = cannot go on decoding, `unsupported` = never will. */
export type Trouble = "gone" | "network" | "media" | "unsupported"

export interface EngineEvents {
  onReady: (facts: { audioOnly: boolean }) => void
  onTrouble: (trouble: Trouble) => void
}

export interface Engine {
  /** Seconds between what plays and the newest media the server has; null while unknown. */
  latencyS: () => number | null
  /** The distance the engine steers for, in seconds. */
  targetS: () => number
  /** Position of the live edge on the video's own time line, in seconds; null while unknown. */
  liveEdgeS: () => number | null
  destroy: () => void
}

export type EngineLoader = (video: HTMLVideoElement, url: string, events: EngineEvents) => Promise<Engine>

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 10_000

/** How long to wait before try `attempt` (0, 1, …): 1 → 10 s, the upper half of each step by chance (`chance` in 0–1). */
export function retryDelayMs(attempt: number, chance: number): number {
  const step = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS)
  return step / 2 + (step / 2) * chance
}

/** Adds `viewer=<id>`, by which the server counts this tab as one viewer; the id lives as long as the tab. */
export function withViewer(playbackUrl: string, viewer: string): string {
  const url = new URL(playbackUrl, globalThis.location.href)
  url.searchParams.set("viewer", viewer)
  return url.href
}

const VIEWER = "veza.viewer"
let tabViewer: string | null = null

export function viewerId(): string {
  try {
    tabViewer ??= sessionStorage.getItem(VIEWER)
    tabViewer ??= newKey()
    sessionStorage.setItem(VIEWER, tabViewer)
  } catch {
    tabViewer ??= newKey()
  }
  return tabViewer
}
