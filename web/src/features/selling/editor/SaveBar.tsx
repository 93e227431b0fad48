// Whether what is on the page is saved, and the button that saves it. Always there: nothing moves when it changes.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import { Button } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import type { Editor } from "./useEditor"

function useStatus({ isDirty, isSaving, error, id }: Editor): { text: string; tone: string } {
  const { t } = useLingui()
  if (isSaving) return { text: t`Saving…`, tone: "text-muted" }
  if (error && isDirty) {
    const { status, fields, message } = asApiError(error)
    if (status === 0) return { text: t`Not saved: the server could not be reached.`, tone: "text-danger" }
    return { text: fields.length > 0 ? t`Not saved: some fields are not right.` : message, tone: "text-danger" }
  }
  if (isDirty) return { text: t`Unsaved changes`, tone: "text-warn" }
  return { text: id ? t`Saved` : t`Not saved yet`, tone: "text-muted" }
}

export function SaveBar({ editor }: { editor: Editor }): ReactNode {
  const { text, tone } = useStatus(editor)
  const { isDirty, isSaving, id } = editor
  return (
    <div className="sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center justify-end gap-2 border-line border-t bg-bg/95 px-4 py-3 backdrop-blur-sm sm:-mx-6 sm:px-6 tabbed:bottom-[calc(3.5rem+env(safe-area-inset-bottom))]">
      <p
        role="status"
        className={cx("wrap-anywhere me-auto flex min-w-0 items-center gap-2 font-medium text-sm", tone)}
      >
        {!isDirty && id && !isSaving ? <Icon name="tick" size={18} /> : null}
        {text}
      </p>
      <Button look="plain" className={cx(!(isDirty && id) && "invisible")} onClick={editor.discard}>
        <Trans>Discard</Trans>
      </Button>
      <Button writes busy={isSaving} aria-disabled={!isDirty && id !== null} onClick={() => void editor.save()}>
        {id ? <Trans>Save</Trans> : <Trans>Save draft</Trans>}
      </Button>
    </div>
  )
}
