// Text of several lines on its way into the field: a message is one line, so it asks before it makes one of many.
import { plural } from "@lingui/core/macro"
import { useLingui } from "@lingui/react/macro"
import { type ClipboardEvent, lazy, type ReactNode, type RefObject, Suspense, useRef, useState } from "react"
import { Button } from "../../../ui/Button"
import { linesOf } from "./text"

const ConfirmDialog = lazy(() => import("../../../ui/dialogs").then((module) => ({ default: module.ConfirmDialog })))

interface Pasted {
  lines: string[]
  /** Where it goes: what was selected is replaced. */
  from: number
  to: number
}

interface Paste {
  onPaste: (event: ClipboardEvent<HTMLTextAreaElement>) => void
  /** The question that stands open, if any. */
  question: ReactNode
}

/** `onText` is given the field's whole text and where the caret goes. */
export function usePaste(
  field: RefObject<HTMLTextAreaElement | null>,
  text: string,
  onText: (text: string, caret: number) => void,
): Paste {
  const { t } = useLingui()
  const safe = useRef<HTMLButtonElement>(null)
  const [pasted, setPasted] = useState<Pasted | null>(null)

  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
    const lines = linesOf(event.clipboardData.getData("text/plain"))
    if (lines.length < 2) return
    event.preventDefault()
    const { selectionStart, selectionEnd } = event.currentTarget
    setPasted({ lines, from: selectionStart, to: selectionEnd })
  }
  const close = (caret: number): void => {
    setPasted(null)
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(caret, caret)
    })
  }
  if (!pasted) return { onPaste, question: null }

  const { lines, from, to } = pasted
  const { length } = lines
  const joined = lines.join(" ")
  const join = (): void => {
    const caret = from + joined.length
    onText(text.slice(0, from) + joined + text.slice(to), caret)
    close(caret)
  }
  const question = (
    <Suspense>
      <ConfirmDialog
        open
        onClose={() => close(to)}
        safe={safe}
        title={plural(length, { other: "Paste # lines as one message?" })}
        description={t`A message in the chat is one line.`}
      >
        <p dir="auto" className="wrap-anywhere line-clamp-4 rounded-lg bg-bg px-3 py-2 text-sm">
          {joined}
        </p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button ref={safe} look="quiet" onClick={() => close(to)}>
            {t`Do not paste`}
          </Button>
          <Button onClick={join}>{t`Join as one line`}</Button>
        </div>
      </ConfirmDialog>
    </Suspense>
  )
  return { onPaste, question }
}
