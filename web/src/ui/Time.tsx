// A moment, in the reader's own time zone; the tooltip has it exactly, in UTC.
import type { ReactNode } from "react"
import { absoluteTime, dayOf } from "../lib/format"

export function Time({ at, dayOnly = false }: { at: string; dayOnly?: boolean }): ReactNode {
  return (
    <time dateTime={at} title={at} className="tabular whitespace-nowrap">
      {dayOnly ? dayOf(at) : absoluteTime(at)}
    </time>
  )
}
