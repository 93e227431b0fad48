// One review as everybody reads it.
import { Trans } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { absoluteTime, dayOf } from "../../../lib/format"
import type { Review } from "../../../lib/types"
import { Avatar } from "../../../ui/Avatar"
import { Stars } from "./Stars"

type Shown = Pick<Review, "buyer" | "rating" | "comment" | "created_at" | "updated_at">

interface Props {
  review: Shown
  sending?: boolean
  children?: ReactNode
}

export function ReviewItem({ review, sending = false, children }: Props): ReactNode {
  const { buyer, rating, comment, created_at, updated_at } = review
  const { username } = buyer
  return (
    <article className="grid gap-2" aria-busy={sending || undefined}>
      <div className="flex items-center gap-3">
        <Avatar id={buyer.id} name={username} className="size-10" />
        <div className="min-w-0">
          <p className="truncate font-semibold">
            <Link to="/u/$username" params={{ username }} className="hover:underline">
              {username}
            </Link>
          </p>
          <p className="flex flex-wrap items-center gap-x-2 text-muted text-sm">
            <Stars rating={rating} />
            {sending ? (
              <span role="status">
                <Trans>Sending…</Trans>
              </span>
            ) : (
              <time dateTime={created_at} title={absoluteTime(created_at)}>
                {dayOf(created_at)}
              </time>
            )}
            {updated_at !== created_at && !sending ? (
              <span>
                <Trans>changed {dayOf(updated_at)}</Trans>
              </span>
            ) : null}
          </p>
        </div>
      </div>
      <p className="wrap-anywhere max-w-prose whitespace-pre-line" dir="auto">
        {comment}
      </p>
      {children}
    </article>
  )
}
