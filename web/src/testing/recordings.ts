// Made-up recordings, what was said beside them, and an engine without a network.
import type { VodEngine, VodLoader } from "../features/live/recordings/vodEngine"
import type { Recording, Said } from "../lib/types"
import { paint } from "./fakeEngine"
import { aStream, aUser } from "./fixtures"

const STARTED_AT = "2026-02-20T20:00:00Z"
const started_ms = Date.parse(STARTED_AT)

export function aRecording(change: Partial<Recording> = {}): Recording {
  const id = change.id ?? "0190c000-0000-7000-8000-000000000001"
  return {
    id,
    stream_id: aStream().id,
    user_id: aUser.id,
    title: "Late night modular: one take, no edits",
    status: "ready",
    is_published: false,
    duration_seconds: 5423.2,
    missing_seconds: 0,
    problem: null,
    size_bytes: 1_840_000_000,
    playback_url: `http://localhost:8080/api/v1/live/recordings/${id}/play/public/index.m3u8`,
    thumbnail_url: null,
    mp4_status: null,
    started_at: STARTED_AT,
    ended_at: "2026-02-20T21:30:30Z",
    published_at: null,
    expires_at: "2026-03-22T21:30:30Z",
    ...change,
  }
}

const idOf = (number: number): string => `0190c000-0000-7000-8000-00000000000${number}`

/** In each state there is. */
export const someRecordings = (own?: Recording[]) => {
  const recordings = own ?? [
    aRecording({ id: idOf(2), status: "recording", ended_at: null, expires_at: null, duration_seconds: 312 }),
    aRecording({ id: idOf(3) }),
    aRecording({
      id: idOf(4),
      is_published: true,
      published_at: "2026-02-21T10:00:00Z",
      title: "Tape night, with guests",
      missing_seconds: 72,
      problem: "store_failed",
    }),
  ]
  return { recordings, total: recordings.length, limit: 12, offset: 0 }
}

const WORDS = ["good evening", "that bass!", "which tape echo is this?", "🎵🎵🎵", "it is late here, but worth it"]

export const someSaid = (): { messages: Said[]; next_after: number | null } => ({
  messages: WORDS.map((content, index) => ({
    id: `0190c000-0000-7000-8000-0000000001${index}0`,
    room: aStream().id,
    seq: index + 1,
    user: { id: idOf(index + 1), username: `listener_${index + 1}`, role: "user", badge: null },
    content,
    reply_to: null,
    created_at: new Date(started_ms + index * 20_000).toISOString(),
  })),
  next_after: null,
})

/** Plays a drawn canvas; the time of day is as many seconds after the start as a story says. */
export function fakeVodEngine({ at_s = 0, trouble }: { at_s?: number; trouble?: "gone" | "media" } = {}): VodLoader {
  return async (video, _url, events): Promise<VodEngine> => {
    if (trouble) queueMicrotask(() => events.onTrouble(trouble))
    const stop = trouble ? () => undefined : paint(video)
    return { playingAtMs: () => started_ms + at_s * 1000, destroy: stop }
  }
}
