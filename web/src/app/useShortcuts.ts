// The app's keys: `?` for the sheet, `g` then a letter to go somewhere. Off by choice, and never while typing (WCAG 2.1.4).
import { useNavigate } from "@tanstack/react-router"
import { useEffect } from "react"
import { usePref } from "../lib/prefs"

const PLACES = { h: "/", l: "/live", s: "/studio" } as const
const PREFIX_MS = 1500

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

export function useShortcuts(onSheet: () => void): void {
  const navigate = useNavigate()
  const [choice] = usePref("shortcuts")
  useEffect(() => {
    if (choice === "off") return
    let prefixAt_ms = Number.NEGATIVE_INFINITY
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
      const place = PLACES[event.key as keyof typeof PLACES]
      if (event.key === "?") onSheet()
      else if (event.key === "g") prefixAt_ms = event.timeStamp
      else if (place && event.timeStamp - prefixAt_ms < PREFIX_MS) void navigate({ to: place })
      if (event.key !== "g") prefixAt_ms = Number.NEGATIVE_INFINITY
    }
    document.addEventListener("keydown", onKey)
    return () => document.removeEventListener("keydown", onKey)
  }, [choice, navigate, onSheet])
}
