// My own review: what I typed, what becomes of it, and what I may do. What is sent shows at once and comes back when refused.
import { useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { Review, Standing } from "../../../lib/types"
import { standingQuery } from "../api"
import { changeReview, deleteReview, type ReviewInput, reviewsQuery, writeReview } from "./api"

const NEW: ReviewInput = { rating: 0, comment: "" }

function useTroubleWords(error: unknown): string | undefined {
  const { t } = useLingui()
  if (!error) return
  const { status, code, message, fields } = asApiError(error)
  if (status === 0) return t`Not sent: the server could not be reached. Your words are still here.`
  if (code === "purchase_required") return t`Only who bought this can review it. Your words are still here.`
  if (code === "already_reviewed") return t`You have reviewed this already. You can change that review.`
  return fields[0]?.message ? `${message} ${fields[0].message}` : message
}

export function useOwnReview(productId: string, me: string | undefined) {
  const queries = useQueryClient()
  const standing = standingQuery(productId, me)
  const { data } = useQuery(standing)
  const review = data?.review ?? null
  const [draft, setDraft] = useState(NEW)
  const [editing, setEditing] = useState(false)

  /** Mean, counts and list change with one review: all are read again. */
  const refresh = async (): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: standing.queryKey }),
      queries.invalidateQueries({ queryKey: reviewsQuery(productId).queryKey }),
      queries.invalidateQueries({ queryKey: ["shop", "product", productId] }),
    ])
  }
  const keep = (next: Review | null): void => {
    queries.setQueryData(standing.queryKey, (now: Standing | undefined) =>
      now ? { ...now, review: next, can_review: next === null } : now,
    )
  }

  const send = useMutation({
    mutationFn: (input: ReviewInput) => {
      const body = { ...input, comment: input.comment.trim() }
      return review ? changeReview(productId, review.id, body) : writeReview(productId, body)
    },
    onSuccess: (written) => {
      keep(written)
      setEditing(false)
      setDraft(NEW)
      void refresh()
    },
    onError: async (cause) => {
      const { code } = asApiError(cause)
      if (code === "already_reviewed" || code === "purchase_required") {
        await queries.invalidateQueries({ queryKey: standing.queryKey })
      }
      // The one there is opens with the words that were just typed.
      if (code === "already_reviewed") setEditing(true)
    },
  })

  const edit = (): void => {
    if (!review) return
    send.reset()
    setDraft({ rating: review.rating, comment: review.comment })
    setEditing(true)
  }
  const cancel = (): void => {
    send.reset()
    setEditing(false)
    setDraft(NEW)
  }
  const remove = async (): Promise<void> => {
    if (!review) return
    await deleteReview(productId, review.id)
    keep(null)
    await refresh()
  }
  return {
    review,
    canWrite: data?.can_review ?? false,
    draft,
    setDraft,
    editing,
    edit,
    cancel,
    send: () => send.mutate(draft),
    sending: send.isPending ? send.variables : null,
    trouble: useTroubleWords(send.error),
    remove,
  }
}

export type OwnReviewState = ReturnType<typeof useOwnReview>
