// The system's media keys: ±10 s or the offset they ask for, within what can be seeked; unknown actions do no harm.
import { act } from "react"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { fakeEngine } from "../../../testing/fakeEngine"
import { aStream } from "../../../testing/fixtures"
import { render } from "../../../testing/render"
import { LiveViewPlayer } from "./LiveViewPlayer"

const handlers = new Map<string, MediaSessionActionHandler | null>()

beforeEach(() => {
  handlers.clear()
  vi.spyOn(navigator.mediaSession, "setActionHandler").mockImplementation((action, handler) => {
    if (action === "pause") throw new TypeError("unknown action")
    handlers.set(action, handler)
  })
  vi.spyOn(globalThis, "fetch").mockImplementation(async () =>
    Response.json({ success: true, data: { viewer_count: 1 } }),
  )
})

afterEach(() => {
  vi.restoreAllMocks()
})

const engine = fakeEngine({ silent: true })

/** A video whose window is 100–160 s and which stands at `at_s`. */
async function playerAt(at_s: number) {
  const view = await render(<LiveViewPlayer stream={aStream()} engine={engine} />)
  const video = view.page.querySelector("video")
  if (!video) throw new Error("no video")
  let now_s = at_s
  Object.defineProperty(video, "seekable", { value: { length: 1, start: () => 100, end: () => 160 } })
  Object.defineProperty(video, "currentTime", {
    get: () => now_s,
    set: (to: number) => {
      now_s = to
    },
  })
  return { ...view, position: () => now_s }
}

const press = (action: MediaSessionAction, seekOffset?: number): Promise<void> =>
  act(async () => handlers.get(action)?.({ action, ...(seekOffset ? { seekOffset } : {}) }))

test("seeks by 10 s, or by what the key asks for", async () => {
  const { position, unmount } = await playerAt(130)
  await press("seekbackward")
  expect(position()).toBe(120)
  await press("seekforward", 25)
  expect(position()).toBe(145)
  await unmount()
})

test("never leaves what can be seeked", async () => {
  const { position, unmount } = await playerAt(104)
  await press("seekbackward")
  expect(position()).toBe(100)
  await press("seekforward", 600)
  expect(position()).toBe(160)
  await unmount()
})

test("says what plays, and forgets everything when it leaves", async () => {
  const { unmount } = await playerAt(130)
  expect(navigator.mediaSession.metadata).toMatchObject({ title: aStream().title, artist: "nova" })
  await unmount()
  expect(navigator.mediaSession.metadata).toBeNull()
  expect([...handlers.values()]).toEqual([null, null, null])
})
