// The states every page shares: skeleton, empty, error, notice. What they say is the page's; how they look is here.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { asApiError } from "../lib/errors"
import { Button } from "./Button"
import { CopyButton } from "./CopyButton"
import { cx } from "./classes"
import { Icon, type IconName } from "./icons"

/** A quiet placeholder in the shape of what will be there. */
export function Skeleton({ className }: { className?: string }): ReactNode {
  return <div className={cx("late rounded-lg bg-line", className)} aria-hidden="true" />
}

/** Wraps skeletons so that a screen reader hears one "Loading". */
export function Loading({ children, className }: { children: ReactNode; className?: string }): ReactNode {
  const { t } = useLingui()
  return (
    <div role="status" aria-busy="true" aria-label={t`Loading`} className={className}>
      {children}
    </div>
  )
}

export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName
  title: string
  children?: ReactNode
  action?: ReactNode
}): ReactNode {
  return (
    <div className="grid justify-items-center gap-3 rounded-2xl bg-surface px-6 py-12 ring-1 ring-line text-center">
      <span className="text-muted">
        <Icon name={icon} size={32} />
      </span>
      <h2 className="font-semibold text-lg">{title}</h2>
      {children ? <div className="max-w-md text-muted">{children}</div> : null}
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  )
}

export function ErrorState({
  error,
  title,
  onRetry,
}: {
  error: unknown
  title: string
  onRetry?: () => void
}): ReactNode {
  const { t } = useLingui()
  const failure = asApiError(error)
  return (
    <div role="alert" className="grid justify-items-start gap-3 rounded-2xl bg-danger-soft p-6">
      <h2 className="flex items-center gap-2 font-semibold text-lg">
        <span className="text-danger">
          <Icon name="warning" />
        </span>
        {title}
      </h2>
      <p>{failure.status === 0 ? t`The server could not be reached. Check your connection.` : failure.message}</p>
      <div className="flex flex-wrap items-center gap-3">
        {onRetry ? (
          <Button onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        ) : null}
        {failure.requestId ? (
          <span className="flex flex-wrap items-center gap-1 text-sm">
            <Trans>Request</Trans> <code className="font-mono text-xs">{failure.requestId}</code>
            <CopyButton what={t`Copy request id`} value={failure.requestId} />
          </span>
        ) : null}
      </div>
    </div>
  )
}

type Tone = "info" | "warn" | "danger"

const TONES: Record<Tone, string> = {
  info: "bg-accent-soft",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
}

export function Notice({ tone = "info", children }: { tone?: Tone; children: ReactNode }): ReactNode {
  return <div className={cx("rounded-lg px-4 py-3 text-sm", TONES[tone])}>{children}</div>
}
