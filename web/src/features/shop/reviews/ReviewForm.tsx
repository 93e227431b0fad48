// Stars and words, checked before they are sent. What was typed is its parent's, so a failure loses nothing.
import { Trans, useLingui } from "@lingui/react/macro"
import { type FormEvent, type ReactNode, useState } from "react"
import { useConfig } from "../../../lib/config"
import { wholeNumber } from "../../../lib/format"
import { Button } from "../../../ui/Button"
import { TextArea } from "../../../ui/Field"
import type { ReviewInput } from "./api"
import { StarChoice } from "./StarChoice"

const REVIEW_MAX = 2000

interface Props {
  draft: ReviewInput
  onDraft: (draft: ReviewInput) => void
  /** Why it could not be sent. */
  trouble: string | undefined
  send: string
  onSend: () => void
  onCancel?: (() => void) | undefined
}

export function ReviewForm({ draft, onDraft, trouble, send, onSend, onCancel }: Props): ReactNode {
  const { t } = useLingui()
  const most = useConfig()?.reviewMax ?? REVIEW_MAX
  const [tried, setTried] = useState(false)
  const { rating, comment } = draft
  // Counted as the server does: by characters, not by halves of them.
  const length = [...comment.trim()].length
  const unrated = rating === 0
  const wrong = length === 0 ? t`Write a few words.` : length > most ? t`That is too long.` : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (!(unrated || wrong)) onSend()
  }
  return (
    <form onSubmit={submit} noValidate={true} className="grid gap-4">
      <StarChoice
        rating={rating}
        error={tried && unrated ? t`Choose one to five stars.` : undefined}
        onRate={(stars) => onDraft({ ...draft, rating: stars })}
      />
      <TextArea
        label={t`Your words`}
        rows={4}
        dir="auto"
        value={comment}
        onChange={(event) => onDraft({ ...draft, comment: event.target.value })}
        help={
          <span className="tabular">
            {t`${wholeNumber(length)} of ${wholeNumber(most)} characters. Everybody can read it, with your name.`}
          </span>
        }
        error={tried || length > most ? wrong : undefined}
      />
      {trouble ? (
        <p role="alert" className="font-medium text-danger text-sm">
          {trouble}
        </p>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" writes>
          {send}
        </Button>
        {onCancel ? (
          <Button look="quiet" onClick={onCancel}>
            <Trans>Cancel</Trans>
          </Button>
        ) : null}
      </div>
    </form>
  )
}
