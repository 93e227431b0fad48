// The stars to give: five radio buttons, so arrows move between them, and each has a word.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useId, useState } from "react"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { useRatingWords } from "./useRatingWords"

interface Props {
  rating: number
  error?: string | undefined
  onRate: (rating: number) => void
}

export function StarChoice({ rating, error, onRate }: Props): ReactNode {
  const { t } = useLingui()
  const words = useRatingWords()
  const id = useId()
  const [hovered, setHovered] = useState(0)
  const shown = hovered || rating
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined} className="grid gap-1">
      <legend className="mb-1 font-semibold text-sm">{t`Your rating`}</legend>
      <div className="flex flex-wrap items-center gap-x-3">
        <div className="-ms-2 flex" onPointerLeave={() => setHovered(0)}>
          {words.map((word, index) => {
            const stars = index + 1
            return (
              <label
                key={word}
                onPointerEnter={() => setHovered(stars)}
                className={cx(
                  "grid size-11 cursor-pointer place-items-center rounded-lg has-focus-visible:outline-3 has-focus-visible:outline-accent",
                  stars <= shown ? "text-star" : "text-edge",
                )}
              >
                <input
                  type="radio"
                  name={id}
                  value={stars}
                  checked={stars === rating}
                  onChange={() => onRate(stars)}
                  aria-label={`${stars}: ${word}`}
                  className="sr-only"
                />
                <Icon name="star" size={26} filled={stars <= shown} />
              </label>
            )
          })}
        </div>
        <span aria-hidden="true" className="text-muted">
          {shown > 0 ? words[shown - 1] : ""}
        </span>
      </div>
      {error ? (
        <p id={`${id}-error`} className="font-medium text-danger text-sm">
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}
