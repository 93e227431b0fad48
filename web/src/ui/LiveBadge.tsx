// Live is always the same red dot and the word, on any background.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { cx } from "./classes"

export function LiveDot(): ReactNode {
  return <span aria-hidden="true" className="size-2 shrink-0 rounded-full bg-live" />
}

export function LiveBadge({ over = false }: { over?: boolean }): ReactNode {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 font-semibold text-xs",
        over ? "bg-black/75 text-white" : "bg-quiet text-text",
      )}
    >
      <LiveDot />
      <Trans>Live</Trans>
    </span>
  )
}
