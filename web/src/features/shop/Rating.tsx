// A mean as one star and a number, with how many gave one; read out as a sentence. Nothing while there is none.
import { Plural, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { oneDecimal } from "../../lib/format"
import { Icon } from "../../ui/icons"

interface Props {
  average: number | null
  count: number
}

export function Rating({ average, count }: Props): ReactNode {
  const { t } = useLingui()
  if (average === null || count === 0) return null
  const mean = oneDecimal(average)
  return (
    <span className="tabular inline-flex items-center gap-1 whitespace-nowrap">
      <span className="text-star">
        <Icon name="star" filled size={14} />
      </span>
      <span className="sr-only">{t`Rated ${mean} of 5 by`}</span>
      <span aria-hidden="true">{mean}</span>
      <span className="text-muted">
        <span aria-hidden="true">({count})</span>
        <span className="sr-only">
          <Plural value={count} one="# person" other="# people" />
        </span>
      </span>
    </span>
  )
}
