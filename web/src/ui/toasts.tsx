// Toasts: results of the user's own action, at most three. Errors stay until closed and are never told here alone.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react"
import { IconButton } from "./Button"
import { Icon } from "./icons"

interface Toast {
  id: number
  text: string
  tone: "ok" | "error"
}

const MOST = 3
const SHOWN_MS = 6000
const listeners = new Set<() => void>()
let toasts: Toast[] = []
let nextId = 1

function publish(next: Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const close = (id: number): void => publish(toasts.filter((toast) => toast.id !== id))

export function toast(text: string, tone: Toast["tone"] = "ok"): void {
  publish([...toasts, { id: nextId++, text, tone }].slice(-MOST))
}

function ToastCard({ id, text, tone }: Toast): ReactNode {
  const { t } = useLingui()
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held || tone === "error") return
    const timer = setTimeout(() => close(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, held, tone])
  return (
    <li
      className="pop pointer-events-auto flex items-center gap-2 rounded-xl bg-raised py-1 ps-4 pe-1 shadow-xl ring-1 ring-line"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={tone === "error" ? "text-danger" : "text-accent"}>
        <Icon name={tone === "error" ? "warning" : "tick"} />
      </span>
      <span className="text-sm">{text}</span>
      <IconButton label={t`Close`} onClick={() => close(id)}>
        <Icon name="close" size={16} />
      </IconButton>
    </li>
  )
}

export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-[calc(1.5rem+var(--player))] z-30 flex justify-center tabbed:bottom-[calc(5rem+var(--player))]"
    >
      <ul className="grid gap-2">
        {shown.map((entry) => (
          <ToastCard key={entry.id} {...entry} />
        ))}
      </ul>
    </div>
  )
}
