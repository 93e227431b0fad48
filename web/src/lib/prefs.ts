// Small choices of this browser (volume, theme, language, shortcuts). Never a secret, never a token.
import { useCallback, useSyncExternalStore } from "react"

export interface Prefs {
  theme: "system" | "light" | "dark"
  locale: "en" | "fr" | "pseudo"
  shortcuts: "on" | "off"
  volume: number
  muted: boolean
  /** Times beside all chat messages; else where the pointer or the keyboard is. */
  chat_times: "on" | "off"
  /** What a screen reader says of a chat by itself. */
  chat_voice: "off" | "mentions" | "batched" | "all"
}

const DEFAULTS: Prefs = {
  theme: "system",
  locale: "en",
  shortcuts: "on",
  volume: 1,
  muted: false,
  chat_times: "off",
  chat_voice: "batched",
}
const listeners = new Set<() => void>()
const memory = new Map<keyof Prefs, string>()

function raw(name: keyof Prefs): string | null {
  try {
    return localStorage.getItem(`veza.${name}`)
  } catch {
    return memory.get(name) ?? null
  }
}

export function readPref<K extends keyof Prefs>(name: K): Prefs[K] {
  const value = raw(name)
  const fallback = DEFAULTS[name]
  if (value === null) return fallback
  if (typeof fallback === "number") {
    const number = Number(value)
    return (number >= 0 && number <= 1 ? number : fallback) as Prefs[K]
  }
  return (typeof fallback === "boolean" ? value === "true" : value) as Prefs[K]
}

export function writePref<K extends keyof Prefs>(name: K, value: Prefs[K]): void {
  memory.set(name, String(value))
  try {
    localStorage.setItem(`veza.${name}`, String(value))
  } catch {
    // Storage refused: the choice lasts as long as the tab.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  globalThis.addEventListener("storage", listener)
  return () => {
    listeners.delete(listener)
    globalThis.removeEventListener("storage", listener)
  }
}

export function usePref<K extends keyof Prefs>(name: K): [Prefs[K], (value: Prefs[K]) => void] {
  const value = useSyncExternalStore(subscribe, () => readPref(name))
  const set = useCallback((next: Prefs[K]) => writePref(name, next), [name])
  return [value, set]
}

export function applyTheme(theme: Prefs["theme"]): void {
  if (theme === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
