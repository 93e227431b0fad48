// The button and the link that looks like one. Keeps its width while busy; stays focusable when it cannot be used yet.
import { useLingui } from "@lingui/react/macro"
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react"
import { useOnline } from "../lib/useBrowser"
import { cx } from "./classes"

export type Look = "primary" | "quiet" | "plain" | "danger"

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  quiet: "bg-quiet text-text hover:bg-line",
  plain: "text-text hover:bg-quiet",
  danger: "bg-danger-fill text-white hover:brightness-110",
}

export function buttonClass(look: Look = "primary", extra?: string): string {
  return cx(
    "inline-flex min-h-11 items-center justify-center gap-2 rounded-lg px-4 py-2 font-semibold no-underline",
    "transition-colors duration-150 aria-disabled:opacity-60",
    LOOKS[look],
    extra,
  )
}

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look
  busy?: boolean
  /** It changes something on the server, so it waits while there is no connection. */
  writes?: boolean
  ref?: Ref<HTMLButtonElement>
  children: ReactNode
}

export function Button({
  look = "primary",
  busy = false,
  writes = false,
  className,
  onClick,
  children,
  ...rest
}: Props): ReactNode {
  const { t } = useLingui()
  const cut = !useOnline() && writes
  const off = busy || cut || rest["aria-disabled"] === true
  return (
    <button
      type="button"
      title={cut ? t`You are offline` : undefined}
      {...rest}
      className={buttonClass(look, className)}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (off) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {children}
    </button>
  )
}

/** A square, 44 px button with an icon only; its name is required. */
export function IconButton({
  label,
  className,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { label: string; ref?: Ref<HTMLButtonElement> }): ReactNode {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={cx(
        "inline-flex size-11 shrink-0 items-center justify-center rounded-lg transition-colors duration-150",
        className ?? "text-muted hover:bg-quiet hover:text-text",
      )}
    >
      {children}
    </button>
  )
}
