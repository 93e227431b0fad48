// Whether what is on the page is saved, and the button that saves it. Always there: nothing moves when it changes.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { asApiError } from "../lib/errors"
import { Button } from "./Button"
import { cx } from "./classes"
import { Icon } from "./icons"

interface Props {
  isDirty: boolean
  isSaving: boolean
  error: unknown
  /** Nothing of it is on the server yet: saving makes it. */
  isNew?: boolean
  saveLabel?: string
  onSave: () => void
  onDiscard: () => void
}

function useStatus({ isDirty, isSaving, error, isNew }: Props): { text: string; tone: string } {
  const { t } = useLingui()
  if (isSaving) return { text: t`Saving…`, tone: "text-muted" }
  if (error && isDirty) {
    const { status, fields, message } = asApiError(error)
    if (status === 0) return { text: t`Not saved: the server could not be reached.`, tone: "text-danger" }
    return { text: fields.length > 0 ? t`Not saved: some fields are not right.` : message, tone: "text-danger" }
  }
  if (isDirty) return { text: t`Unsaved changes`, tone: "text-warn" }
  return { text: isNew ? t`Not saved yet` : t`Saved`, tone: "text-muted" }
}

export function SaveBar(props: Props): ReactNode {
  const { text, tone } = useStatus(props)
  const { isDirty, isSaving, isNew = false, saveLabel, onSave, onDiscard } = props
  return (
    <div className="sticky bottom-[var(--player,0px)] z-10 -mx-4 mt-6 flex flex-wrap items-center justify-end gap-2 border-line border-t bg-bg/95 px-4 py-3 backdrop-blur-sm sm:-mx-6 sm:px-6 tabbed:bottom-[calc(3.5rem+env(safe-area-inset-bottom)+var(--player,0px))]">
      <p
        role="status"
        className={cx("wrap-anywhere me-auto flex min-w-0 flex-1 items-center gap-2 font-medium text-sm", tone)}
      >
        {isDirty || isNew || isSaving ? null : <Icon name="tick" size={18} />}
        {text}
      </p>
      <Button look="plain" className={cx(!isDirty && "invisible")} onClick={onDiscard}>
        <Trans>Discard</Trans>
      </Button>
      <Button writes busy={isSaving} aria-disabled={!(isDirty || isNew)} onClick={onSave}>
        {saveLabel ?? <Trans>Save</Trans>}
      </Button>
    </div>
  )
}
