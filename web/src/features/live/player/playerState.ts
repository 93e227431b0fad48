// Which of its ten states the player is in: a pure function of what the element does and what the server says.
import type { StreamStatus } from "../../../lib/types"

/** What the element and the engine do. */
export type Phase = "idle" | "loading" | "playing" | "paused" | "buffering" | "blocked" | "retrying" | "failed"

/** What the viewer sees; also the `data-state` attribute of the player. */
export type PlayerState =
  | "loading"
  | "playing"
  | "paused"
  | "buffering"
  | "waiting"
  | "interrupted"
  | "ended"
  | "blocked"
  | "error"

export const isOnAir = (status: StreamStatus): boolean => status === "live" || status === "interrupted"

/** A broadcast that ended plays out what is buffered; everything else needs the stream on air. */
export const shouldAttach = (status: StreamStatus, phase: Phase): boolean =>
  isOnAir(status) || (status === "ended" && phase === "playing")

export function playerState(status: StreamStatus, phase: Phase): PlayerState {
  if (phase === "playing" && status !== "draft") return "playing"
  if (status === "draft") return "waiting"
  if (status === "ended") return "ended"
  if (phase === "failed") return "error"
  if (phase === "retrying") return "interrupted"
  if (phase === "paused" || phase === "blocked") return phase
  if (status === "interrupted") return "interrupted"
  return phase === "buffering" ? "buffering" : "loading"
}
