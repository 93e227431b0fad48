// The app's keys: `?` for the sheet, `g` then a letter to go somewhere, `/` to the page's search. Off by choice, never while
// typing (WCAG 2.1.4).
import { useNavigate } from "@tanstack/react-router"
import { useEffect } from "react"
import { usePref } from "../lib/prefs"

const PLACES = { h: "/", p: "/shop", l: "/live", s: "/studio", c: "/cart", o: "/orders" } as const
const PREFIX_MS = 1500

const notForUs = (event: KeyboardEvent): boolean =>
  event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Whether the page has a search to go to. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-search]")
  field?.focus()
  field?.select()
  return field !== null
}

export function useShortcuts(onSheet: () => void): void {
  const navigate = useNavigate()
  const [choice] = usePref("shortcuts")
  useEffect(() => {
    if (choice === "off") return
    let prefixAt_ms = Number.NEGATIVE_INFINITY
    const go = (key: string, at_ms: number): boolean => {
      const place = at_ms - prefixAt_ms < PREFIX_MS ? PLACES[key as keyof typeof PLACES] : undefined
      prefixAt_ms = key === "g" ? at_ms : Number.NEGATIVE_INFINITY
      if (place) void navigate({ to: place })
      return place !== undefined
    }
    const onKey = (event: KeyboardEvent): void => {
      if (notForUs(event) || go(event.key, event.timeStamp)) return
      if (event.key === "?") onSheet()
      else if (event.key === "/" && focusSearch()) event.preventDefault()
    }
    document.addEventListener("keydown", onKey)
    return () => document.removeEventListener("keydown", onKey)
  }, [choice, navigate, onSheet])
}
