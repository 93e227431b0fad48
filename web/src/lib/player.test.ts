// The player's queue and states, on an <audio> that obeys the test.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { takeSound } from "./oneSound"
import { Player, type Preview } from "./player"
import { readPref, writePref } from "./prefs"

const preview = (name: string): Preview => ({
  key: name,
  productId: name,
  title: `Title ${name}`,
  artist: "nova",
  coverUrl: null,
  src: `/${name}.mp3`,
  seconds: 30,
})
const QUEUE = ["a", "b", "c"].map(preview)

/** An element that never touches the network: what it says is what the test lets it say. */
function fakeAudio(outcome: () => Promise<void> = () => Promise.resolve()) {
  const element = document.createElement("audio")
  let time_s = 0
  let paused = true
  Object.defineProperties(element, {
    src: { value: "", writable: true },
    currentTime: { get: () => time_s, set: (to: number) => (time_s = to) },
    paused: { get: () => paused },
    duration: { value: 30, writable: true },
  })
  element.play = vi.fn(() => {
    paused = false
    return outcome()
  })
  element.pause = vi.fn(() => {
    if (paused) return
    paused = true
    element.dispatchEvent(new Event("pause"))
  })
  element.load = vi.fn()
  const say = (name: string): boolean => element.dispatchEvent(new Event(name))
  return { element, say }
}

let player: Player
let audio: ReturnType<typeof fakeAudio>
let leave: (() => void) | undefined

beforeEach(() => {
  localStorage.clear()
  player = new Player()
  audio = fakeAudio()
  leave = player.attach(audio.element)
})
afterEach(() => leave?.())

const title = (): string | undefined => player.current()?.title

test("plays what it was asked for, and knows what follows", () => {
  player.playFrom(QUEUE, 1)
  expect(player.get().phase).toBe("loading")
  expect(audio.element.src).toBe("/b.mp3")
  audio.say("playing")
  expect(player.get()).toMatchObject({ phase: "playing", index: 1, seconds: 30 })
  expect(player.hasNext()).toBe(true)
  player.next()
  expect(title()).toBe("Title c")
  player.next()
  expect(title()).toBe("Title c")
})

test("what was asked for before there is an element plays when it comes", () => {
  const early = new Player()
  early.playFrom(QUEUE, 0)
  const { element } = fakeAudio()
  const away = early.attach(element)
  expect(element.play).toHaveBeenCalledTimes(1)
  away?.()
})

test("goes on by itself, and stops at the beginning of the last one", () => {
  player.playFrom(QUEUE, 1)
  audio.say("ended")
  expect(title()).toBe("Title c")
  player.seek(29)
  audio.say("ended")
  expect(player.get().phase).toBe("paused")
  expect(player.position()).toBe(0)
})

test("previous first goes back to the beginning", () => {
  player.playFrom(QUEUE, 1)
  player.seek(12)
  player.previous()
  expect([title(), player.position()]).toEqual(["Title b", 0])
  player.previous()
  expect(title()).toBe("Title a")
})

test("seeks within what there is only", () => {
  player.playFrom(QUEUE, 0)
  player.seekBy(-5)
  expect(player.position()).toBe(0)
  player.seek(99)
  expect(player.position()).toBe(30)
  expect(audio.element.currentTime).toBe(30)
})

test("skips what cannot be played and says which it was", () => {
  player.playFrom(QUEUE, 0)
  audio.say("error")
  expect(player.get()).toMatchObject({ index: 1, phase: "loading", skipped: "Title a" })
  audio.say("playing")
  expect(player.get().skipped).toBe("Title a")
  player.jump(2)
  expect(player.get().skipped).toBeNull()
  audio.say("error")
  expect(player.get()).toMatchObject({ phase: "failed", skipped: "Title c" })
  player.play()
  expect(player.get().phase).toBe("loading")
})

test("waits for a gesture when the browser wants one", async () => {
  leave?.()
  const refusing = fakeAudio(() => Promise.reject(new DOMException("No.", "NotAllowedError")))
  leave = player.attach(refusing.element)
  player.playFrom(QUEUE, 0)
  await vi.waitFor(() => expect(player.get().phase).toBe("blocked"))
})

test("buffering and pausing", () => {
  player.playFrom(QUEUE, 0)
  audio.say("playing")
  audio.say("waiting")
  expect(player.get().phase).toBe("buffering")
  player.toggle()
  expect(player.get().phase).toBe("paused")
  player.toggle()
  expect(player.get().phase).toBe("loading")
  expect(audio.element.src).toBe("/a.mp3")
})

test("the queue may lose entries without losing the place", () => {
  player.playFrom(QUEUE, 1)
  audio.say("playing")
  player.remove(0)
  expect([title(), player.get().index, player.get().phase]).toEqual(["Title b", 0, "playing"])
  player.remove(0)
  expect([title(), player.get().phase]).toEqual(["Title c", "loading"])
  player.remove(0)
  expect(player.get()).toMatchObject({ queue: [], phase: "idle" })
})

test("closing leaves nothing", () => {
  player.playFrom(QUEUE, 0)
  player.seek(3)
  player.close()
  expect(player.get()).toMatchObject({ queue: [], phase: "idle", skipped: null })
  expect(player.position()).toBe(0)
  audio.say("error")
  expect(player.get().phase).toBe("idle")
})

test("another sound stops this one", () => {
  player.playFrom(QUEUE, 0)
  audio.say("playing")
  takeSound(() => undefined)
  expect(player.get().phase).toBe("paused")
})

test("volume is remembered and within bounds", () => {
  writePref("volume", 0.4)
  player.playFrom(QUEUE, 0)
  expect(audio.element.volume).toBe(0.4)
  player.setVolume(7, false)
  expect(audio.element.volume).toBe(1)
  player.setVolume(0.2, true)
  expect([readPref("volume"), audio.element.muted]).toEqual([0.2, true])
})

test("tells who listens, and only of what changed", () => {
  const heard = vi.fn()
  const deaf = player.subscribe(heard)
  player.playFrom(QUEUE, 0)
  const before = player.get()
  player.seek(4)
  expect(player.get()).toBe(before)
  expect(heard).toHaveBeenCalled()
  deaf()
})
