// Made-up answers of the API for stories and tests. Names and keys are obviously false.
import type { Profile, Session, Stream, StreamKey, User } from "../lib/types"

export const FALSE_KEY = "vz_THIS_IS_NOT_A_REAL_KEY_000000"
const STARTED_AT = new Date(Date.now() - 47 * 60_000).toISOString()

export const aUser: User = {
  id: "0190a000-0000-7000-8000-000000000001",
  username: "nova",
  email: "nova@example.com",
  role: "user",
  email_verified: true,
  created_at: "2026-01-05T10:00:00Z",
}

export function aStream(change: Partial<Stream> = {}): Stream {
  const id = change.id ?? "0190b000-0000-7000-8000-000000000001"
  return {
    id,
    user_id: aUser.id,
    streamer: { id: aUser.id, username: "nova" },
    title: "Late night modular: one take, no edits",
    description: "Two hours with the small rack and a tape echo.\nRequests are welcome.",
    category: "music",
    tags: ["modular", "ambient", "tape"],
    status: "live",
    is_live: true,
    viewer_count: 128,
    peak_viewers: 203,
    started_at: STARTED_AT,
    ended_at: null,
    thumbnail_url: null,
    playback_url: `http://localhost:8081/hls/${id}/index.m3u8`,
    audio_only: false,
    record: true,
    recording_id: null,
    chat: { enabled: true, slow_mode_seconds: 0, followers_only: false },
    created_at: "2026-01-06T10:00:00Z",
    updated_at: "2026-01-06T10:00:00Z",
    ...change,
  }
}

export const aDraft = (): Stream =>
  aStream({ status: "draft", is_live: false, viewer_count: 0, peak_viewers: 0, started_at: null })
export const anInterrupted = (): Stream => aStream({ status: "interrupted" })
export const anEnded = (): Stream =>
  aStream({ status: "ended", is_live: false, viewer_count: 0, ended_at: new Date(Date.now() - 60_000).toISOString() })

const TITLES: ReadonlyArray<[string, string, Stream["category"]]> = [
  ["Late night modular: one take, no edits", "nova", "music"],
  ["Vinyl only: Afro house from Luanda", "djamilah", "music"],
  ["Mixing a single from scratch", "studio_k", "education"],
  ["Sunday jazz from the kitchen", "the_hollow_trio", "music"],
  ["What a label does today, with three labels", "reverb_talk", "podcast"],
  ["Choir rehearsal, open doors", "st_anne", "music"],
]

export const someStreams = (): Stream[] =>
  TITLES.map(([title, username, category], index) =>
    aStream({
      id: `0190b000-0000-7000-8000-00000000010${index}`,
      title,
      category,
      streamer: { id: `0190a000-0000-7000-8000-00000000010${index}`, username },
      viewer_count: 412 - index * 67,
    }),
  )

export const aKey = (change: Partial<StreamKey> = {}): StreamKey => ({
  stream_id: aStream().id,
  stream_key: FALSE_KEY,
  rtmp_url: "rtmp://localhost:1935/live",
  ...change,
})

export const someSessions = (): Session[] => [
  {
    id: "0190c000-0000-7000-8000-000000000001",
    created_at: "2026-01-05T10:00:00Z",
    last_used_at: new Date(Date.now() - 20_000).toISOString(),
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    expires_at: "2026-12-05T10:00:00Z",
    network: "192.0.2.0/24",
    current: true,
  },
  {
    id: "0190c000-0000-7000-8000-000000000002",
    created_at: "2026-01-02T18:30:00Z",
    last_used_at: new Date(Date.now() - 26 * 3_600_000).toISOString(),
    user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) AppleWebKit/605.1.15 Version/20.0 Safari/604.1",
    expires_at: "2026-12-02T10:00:00Z",
    network: "198.51.100.0/24",
    current: false,
  },
]

export const aProfile = (change: Partial<Profile> = {}): Profile => ({
  id: aUser.id,
  username: "nova",
  display_name: "Nova",
  bio: "Modular synthesis, tape, patience.\nLive on Thursdays.",
  links: ["https://nova.example/music"],
  avatar_url: null,
  created_at: "2026-01-05T10:00:00Z",
  follower_count: 1204,
  following_count: 37,
  is_following: false,
  ...change,
})
