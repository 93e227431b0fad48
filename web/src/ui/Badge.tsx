// How something stands: a word and an icon, never colour alone.
import type { ReactNode } from "react"
import { cx } from "./classes"
import { Icon, type IconName } from "./icons"

export type BadgeTone = "plain" | "muted" | "good" | "warn" | "danger"

const TONES: Record<BadgeTone, string> = {
  plain: "bg-quiet text-text",
  muted: "bg-quiet text-muted",
  good: "bg-accent-soft text-accent",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
}

export interface BadgeWords {
  name: string
  icon: IconName
  tone: BadgeTone
}

/** What a newer server may say besides keeps its own name. */
export const badgeWords = (known: Record<string, BadgeWords>, status: string): BadgeWords =>
  known[status] ?? { name: status.replaceAll("_", " "), icon: "circle", tone: "muted" }

export function Badge({ tone, icon, children }: { tone: BadgeTone; icon: IconName; children: ReactNode }): ReactNode {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-start font-semibold text-xs",
        TONES[tone],
      )}
    >
      <Icon name={icon} size={14} />
      {children}
    </span>
  )
}
