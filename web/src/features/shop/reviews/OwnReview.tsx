// Where I write my review, see it, change it and take it away.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { User } from "../../../lib/types"
import { AskFirstButton } from "../../../ui/AskFirstButton"
import { Button } from "../../../ui/Button"
import { ReviewForm } from "./ReviewForm"
import { ReviewItem } from "./ReviewItem"
import type { OwnReviewState } from "./useOwnReview"

function Mine({ own }: { own: OwnReviewState }): ReactNode {
  const { t } = useLingui()
  if (!own.review) return null
  return (
    <ReviewItem review={own.review}>
      <div className="flex flex-wrap gap-2">
        <Button look="quiet" onClick={own.edit}>
          <Trans>Change</Trans>
        </Button>
        <AskFirstButton
          look="plain"
          label={t`Delete`}
          name={t`Delete my review`}
          title={t`Delete your review?`}
          description={t`Your stars and your words go. You can write a new one afterwards.`}
          keep={t`Keep it`}
          confirm={t`Delete it`}
          done={t`Your review was deleted.`}
          action={own.remove}
        />
      </div>
    </ReviewItem>
  )
}

function Content({ own, user }: { own: OwnReviewState; user: User }): ReactNode {
  const { t } = useLingui()
  if (own.sending) {
    const now = own.review?.created_at ?? new Date().toISOString()
    return <ReviewItem sending review={{ ...own.sending, buyer: user, created_at: now, updated_at: now }} />
  }
  if (own.review && !own.editing) return <Mine own={own} />
  return (
    <ReviewForm
      draft={own.draft}
      onDraft={own.setDraft}
      trouble={own.trouble}
      send={own.review ? t`Save` : t`Send review`}
      onSend={own.send}
      onCancel={own.review ? own.cancel : undefined}
    />
  )
}

export function OwnReview({ own, user }: { own: OwnReviewState; user: User }): ReactNode {
  // A refusal that says "you may not" keeps the form, so that the words can be copied.
  const started = own.draft.rating > 0 || own.draft.comment !== ""
  if (!(own.canWrite || own.review || own.sending || started)) return null
  return (
    <section aria-labelledby="own-review" className="grid gap-4 rounded-2xl bg-surface p-5 ring-1 ring-line">
      <h3 id="own-review" className="font-semibold">
        {own.review || own.sending ? <Trans>Your review</Trans> : <Trans>You bought this. How is it?</Trans>}
      </h3>
      <Content own={own} user={user} />
    </section>
  )
}
