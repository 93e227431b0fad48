// From which day to which, both included.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { TextField } from "./Field"

interface Range {
  from?: string | undefined
  to?: string | undefined
}

export function DateRange({ range, onRange }: { range: Range; onRange: (range: Range) => void }): ReactNode {
  const { t } = useLingui()
  const { from, to } = range
  return (
    <div className="grid grid-cols-2 gap-3">
      <TextField
        type="date"
        label={t`From`}
        value={from ?? ""}
        max={to}
        onChange={({ target }) => onRange({ from: target.value || undefined, to })}
      />
      <TextField
        type="date"
        label={t`Until`}
        value={to ?? ""}
        min={from}
        onChange={({ target }) => onRange({ from, to: target.value || undefined })}
      />
    </div>
  )
}
