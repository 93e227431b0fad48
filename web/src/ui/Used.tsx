// How much of a text's room is used, as help under its field.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { wholeNumber } from "../lib/format"

export function Used({ length, limit }: { length: number; limit: number }): ReactNode {
  const used = wholeNumber(length)
  const most = wholeNumber(limit)
  return (
    <span className="tabular">
      <Trans>
        {used} of {most} characters
      </Trans>
    </span>
  )
}
