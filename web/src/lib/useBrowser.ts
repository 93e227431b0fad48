// What the browser itself tells us, as hooks: visible or hidden, online or not, the time as it passes.
import { useEffect, useState, useSyncExternalStore } from "react"

function on(target: EventTarget, names: string[]) {
  return (listener: () => void) => {
    for (const name of names) target.addEventListener(name, listener)
    return () => {
      for (const name of names) target.removeEventListener(name, listener)
    }
  }
}

const watchVisibility = on(document, ["visibilitychange"])
const watchOnline = on(globalThis, ["online", "offline"])
const motion = globalThis.matchMedia("(prefers-reduced-motion: reduce)")
const watchMotion = on(motion, ["change"])

export const useVisible = (): boolean => useSyncExternalStore(watchVisibility, () => !document.hidden)
export const useOnline = (): boolean => useSyncExternalStore(watchOnline, () => navigator.onLine)
export const useReducedMotion = (): boolean => useSyncExternalStore(watchMotion, () => motion.matches)

/** The time, told again every `every_ms`; stands still when `active` is false. */
export function useNow(every_ms: number, active = true): number {
  const [now_ms, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!active) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), every_ms)
    return () => clearInterval(timer)
  }, [every_ms, active])
  return now_ms
}
