// What plays over all pages: a queue of previews and the one <audio> that plays them. The bar and every play button read
// it; nobody else touches the element. No page, no words, no network of its own.
import { useSyncExternalStore } from "react"
import { leaveSound, takeSound } from "./oneSound"
import { readPref, writePref } from "./prefs"

export interface Preview {
  /** Which file of which product: the same preview has the same key wherever it stands. */
  key: string
  productId: string
  title: string
  artist: string
  coverUrl: string | null
  src: string
  /** How long it is, as far as is known before it is loaded. */
  seconds: number | null
}

/** `blocked`: the browser wants a gesture first. `failed`: none of what is left could be played. */
export type Phase = "idle" | "loading" | "playing" | "buffering" | "paused" | "blocked" | "failed"

export interface PlayerState {
  queue: readonly Preview[]
  index: number
  phase: Phase
  seconds: number
  /** The title of what was skipped because it cannot be played, until something plays again by choice. */
  skipped: string | null
}

const NOTHING: PlayerState = { queue: [], index: 0, phase: "idle", seconds: 0, skipped: null }
const RESTART_AFTER_S = 3

export class Player {
  #state: PlayerState = NOTHING
  #position_s = 0
  #element: HTMLAudioElement | null = null
  #loaded: string | null = null
  readonly #listeners = new Set<() => void>()

  get = (): PlayerState => this.#state
  position = (): number => this.#position_s
  current = (): Preview | undefined => this.#state.queue[this.#state.index]

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A ref: the element that plays. It stays for as long as the app does. */
  attach = (element: HTMLAudioElement | null): (() => void) | undefined => {
    if (!element) return
    this.#element = element
    const events: Array<[string, () => void]> = [
      ["playing", () => this.#onPlaying()],
      ["pause", () => this.#onPause(element)],
      ["waiting", () => this.#phase("playing", "buffering")],
      ["timeupdate", () => this.#moved(element.currentTime)],
      ["seeking", () => this.#moved(element.currentTime)],
      ["durationchange", () => this.#onDuration(element.duration)],
      ["ended", () => this.#onEnded()],
      ["error", () => this.#onError()],
    ]
    for (const [name, listener] of events) element.addEventListener(name, listener)
    // Something was asked for before the element was there.
    if (this.#state.phase === "loading") this.#load()
    return () => {
      for (const [name, listener] of events) element.removeEventListener(name, listener)
      element.pause()
      this.#element = null
      this.#loaded = null
      leaveSound(this.pause)
    }
  }

  /** Plays the `index`-th of `queue`; what follows it there follows here. */
  playFrom = (queue: readonly Preview[], index: number): void => {
    if (!queue[index]) return
    this.#set({ queue: [...queue], index, skipped: null })
    this.#load()
  }

  jump = (index: number): void => {
    if (!this.#state.queue[index]) return
    this.#set({ index, skipped: null })
    this.#load()
  }

  play = (): void => {
    const preview = this.current()
    if (!preview) return
    if (this.#loaded === preview.key && this.#state.phase !== "failed") this.#start()
    else this.#load()
  }

  pause = (): void => {
    this.#element?.pause()
    this.#phase("loading", "paused")
    this.#phase("buffering", "paused")
  }

  toggle = (): void => {
    if (isGoing(this.#state.phase)) this.pause()
    else this.play()
  }

  next = (): void => {
    if (this.hasNext()) this.jump(this.#state.index + 1)
  }

  hasNext = (): boolean => this.#state.index + 1 < this.#state.queue.length

  /** Back to the beginning first; from there, to the one before. */
  previous = (): void => {
    if (this.#position_s > RESTART_AFTER_S || this.#state.index === 0) this.seek(0)
    else this.jump(this.#state.index - 1)
  }

  seek = (to_s: number): void => {
    const position = Math.min(Math.max(0, to_s), this.#state.seconds || 0)
    if (this.#element && this.#loaded) this.#element.currentTime = position
    this.#moved(position)
  }

  seekBy = (by_s: number): void => this.seek(this.#position_s + by_s)

  remove = (index: number): void => {
    const { queue, index: now } = this.#state
    const rest = queue.filter((_, at) => at !== index)
    if (rest.length === 0) this.close()
    else if (index === now) {
      const going = isGoing(this.#state.phase)
      this.#set({ queue: rest, index: Math.min(now, rest.length - 1) })
      this.#load(going)
    } else this.#set({ queue: rest, index: index < now ? now - 1 : now })
  }

  setVolume = (level: number, muted: boolean): void => {
    writePref("volume", Math.min(1, Math.max(0, level)))
    writePref("muted", muted)
    this.#applyVolume()
  }

  /** Nothing plays any more, and nothing is left to play. */
  close = (): void => {
    const element = this.#element
    this.#loaded = null
    if (element) {
      element.pause()
      element.removeAttribute("src")
      element.load()
    }
    leaveSound(this.pause)
    this.#position_s = 0
    this.#set(NOTHING)
  }

  #load(go = true): void {
    const preview = this.current()
    if (!preview) return
    this.#position_s = 0
    this.#set({ phase: go ? "loading" : "paused", seconds: preview.seconds ?? 0 })
    if (!this.#element) return
    this.#loaded = preview.key
    this.#element.src = preview.src
    this.#applyVolume()
    if (go) this.#start()
  }

  #start(): void {
    const element = this.#element
    if (!element) return
    if (this.#state.phase !== "playing") this.#set({ phase: "loading" })
    takeSound(this.pause)
    // Anything but a refusal to play without a gesture is told by the element's own events.
    element.play().catch((cause: unknown) => {
      if (cause instanceof DOMException && cause.name === "NotAllowedError") this.#phase("loading", "blocked")
    })
  }

  #applyVolume(): void {
    if (!this.#element) return
    this.#element.volume = readPref("volume")
    this.#element.muted = readPref("muted")
  }

  #onPlaying(): void {
    takeSound(this.pause)
    this.#set({ phase: "playing" })
  }

  #onPause(element: HTMLAudioElement): void {
    if (!element.ended && this.#loaded) {
      this.#phase("playing", "paused")
      this.#phase("buffering", "paused")
    }
  }

  #onDuration(seconds: number): void {
    if (Number.isFinite(seconds) && seconds > 0) this.#set({ seconds })
  }

  #onEnded(): void {
    if (this.hasNext()) this.jump(this.#state.index + 1)
    else {
      this.#set({ phase: "paused" })
      this.seek(0)
    }
  }

  #onError(): void {
    const preview = this.current()
    if (!(preview && this.#loaded)) return
    this.#loaded = null
    const skipped = preview.title
    if (!this.hasNext()) {
      this.#set({ phase: "failed", skipped })
      return
    }
    this.#set({ index: this.#state.index + 1, skipped })
    this.#load()
  }

  #moved(position_s: number): void {
    if (position_s === this.#position_s) return
    this.#position_s = position_s
    this.#tell()
  }

  #phase(from: Phase, to: Phase): void {
    if (this.#state.phase === from) this.#set({ phase: to })
  }

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change }
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** It plays, or will as soon as it can. */
export const isGoing = (phase: Phase): boolean => phase === "playing" || phase === "loading" || phase === "buffering"

/** The app's one player. */
export const player = new Player()

export const usePlayer = (): PlayerState => useSyncExternalStore(player.subscribe, player.get)

/** Where it is, in seconds; for what must follow every step of it. */
export const usePosition = (): number => useSyncExternalStore(player.subscribe, player.position)
