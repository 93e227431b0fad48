// One to five stars to look at; the number is said in words.
import { Plural } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Icon } from "../../../ui/icons"

const FIVE = [1, 2, 3, 4, 5]

export function Stars({ rating }: { rating: number }): ReactNode {
  return (
    <span className="inline-flex text-star">
      {FIVE.map((star) => (
        <Icon key={star} name="star" size={16} filled={star <= rating} />
      ))}
      <span className="sr-only">
        <Plural value={rating} one="# star of 5" other="# stars of 5" />
      </span>
    </span>
  )
}
