// The mean in large, and how many gave each number of stars, as bars with the counts as text.
import { Plural, Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { oneDecimal, wholeNumber } from "../../../lib/format"
import { Icon } from "../../../ui/icons"

interface Props {
  average: number
  total: number
  histogram: Readonly<Record<string, number>>
}

const FROM_FIVE = [5, 4, 3, 2, 1]

export function Histogram({ average, total, histogram }: Props): ReactNode {
  const mean = oneDecimal(average)
  return (
    <div className="flex flex-wrap items-center gap-x-8 gap-y-4">
      <div>
        <p className="tabular flex items-center gap-2 font-bold text-4xl tracking-tight">
          {mean}
          <span className="text-star">
            <Icon name="star" filled size={26} />
          </span>
          <span className="sr-only">
            <Trans>of 5 stars</Trans>
          </span>
        </p>
        <p className="tabular text-muted text-sm">
          <Plural value={total} one="# review" other="# reviews" />
        </p>
      </div>
      <dl className="grid min-w-52 max-w-sm flex-1 gap-1">
        {FROM_FIVE.map((stars) => {
          const count = histogram[String(stars)] ?? 0
          return (
            <div key={stars} className="tabular grid grid-cols-[3.5rem_1fr_2.5rem] items-center gap-2 text-sm">
              <dt className="text-muted">
                <Plural value={stars} one="# star" other="# stars" />
              </dt>
              <dd className="contents">
                <span aria-hidden="true" className="h-2 overflow-hidden rounded-full bg-quiet">
                  <span
                    className="block h-full rounded-full bg-star"
                    style={{ width: `${total > 0 ? (count / total) * 100 : 0}%` }}
                  />
                </span>
                <span className="text-end">{wholeNumber(count)}</span>
              </dd>
            </div>
          )
        })}
      </dl>
    </div>
  )
}
