// The system's media keys and lock screen, which the page has only one of: the last to play holds them, and whoever
// leaves clears only what is still theirs.

interface Shown {
  title: string
  artist: string
  artwork: string | null
}

export type Handlers = ReadonlyArray<readonly [MediaSessionAction, MediaSessionActionHandler | null]>

let holder: object | null = null
let held: MediaSessionAction[] = []

/** Browsers throw on actions they do not know: each is set on its own. */
function setHandler(action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    navigator.mediaSession.setActionHandler(action, handler)
  } catch {
    // This browser does not know the action; the others still work.
  }
}

export function holdSession(owner: object, { title, artist, artwork }: Shown, handlers: Handlers): void {
  if (!("mediaSession" in navigator)) return
  const actions = handlers.map(([action]) => action)
  for (const action of held) if (!actions.includes(action)) setHandler(action, null)
  holder = owner
  held = actions
  const pictures = artwork ? [{ src: new URL(artwork, location.href).href }] : []
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, artwork: pictures })
  for (const [action, handler] of handlers) setHandler(action, handler)
}

export function leaveSession(owner: object): void {
  if (holder !== owner) return
  navigator.mediaSession.metadata = null
  navigator.mediaSession.playbackState = "none"
  for (const action of held) setHandler(action, null)
  holder = null
  held = []
}
