// How a recording stands, and what it lacks, in words.
import { useLingui } from "@lingui/react/macro"
import { clockTime } from "../../../lib/format"
import type { Recording } from "../../../lib/types"
import type { BadgeWords } from "../../../ui/Badge"

export function useStatusWords(): Record<string, BadgeWords> {
  const { t } = useLingui()
  return {
    recording: { name: t`Recording`, icon: "circle", tone: "danger" },
    processing: { name: t`Being finished`, icon: "clock", tone: "plain" },
    ready: { name: t`Private`, icon: "eye", tone: "muted" },
    published: { name: t`Published`, icon: "done", tone: "good" },
    failed: { name: t`Nothing recorded`, icon: "warning", tone: "warn" },
  }
}

/** One sentence of how much is missing and why; null when nothing is. */
export function useLacks({ missing_seconds, problem }: Recording): string | null {
  const { t } = useLingui()
  if (missing_seconds <= 0)
    return problem === "interrupted" ? t`The server was interrupted, and this ends early.` : null
  const missing = clockTime(Math.max(1, missing_seconds))
  switch (problem) {
    case "disk_full":
      return t`${missing} of the broadcast are missing: the server's disk was nearly full.`
    case "store_failed":
      return t`${missing} of the broadcast are missing: the file store did not answer.`
    case "too_slow":
      return t`${missing} of the broadcast are missing: the server could not store it fast enough.`
    default:
      return t`${missing} of the broadcast are missing.`
  }
}
