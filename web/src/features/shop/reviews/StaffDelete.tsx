// The staff take away what somebody wrote; its author may write again.
import { useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import type { Review } from "../../../lib/types"
import { AskFirstButton } from "../../../ui/AskFirstButton"
import { deleteReview } from "./api"

export function StaffDelete({ review }: { review: Review }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const name = review.buyer.username
  return (
    <AskFirstButton
      look="plain"
      label={t`Delete`}
      name={t`Delete the review of ${name}`}
      title={t`Delete the review of ${name}?`}
      description={t`Its stars and words go for everybody. Its author can write a new one.`}
      keep={t`Keep it`}
      confirm={t`Delete it`}
      done={t`The review was deleted.`}
      action={() => deleteReview(review.product_id, review.id)}
      onSettled={() => queries.invalidateQueries({ queryKey: ["shop"] })}
    />
  )
}
