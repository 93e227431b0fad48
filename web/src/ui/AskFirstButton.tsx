// A button for what is not easily taken back: it asks first, then does it, and says what went wrong.
import { useMutation } from "@tanstack/react-query"
import { lazy, type ReactNode, Suspense, useRef, useState } from "react"
import { asApiError } from "../lib/errors"
import { Button, type Look } from "./Button"
import { toast } from "./toasts"

const ConfirmDialog = lazy(() => import("./dialogs").then((module) => ({ default: module.ConfirmDialog })))

interface Props {
  /** On the button that opens the question. */
  label: ReactNode
  /** The button's name, when its label is too short to stand alone. */
  name?: string
  look: Look
  className?: string
  title: string
  description: string
  keep: string
  confirm: string
  /** How the button that does it looks; red for what destroys. */
  confirmLook?: Look
  done: string
  action: () => Promise<unknown>
  onSettled?: () => unknown
  /** What must be filled in first, and whether it is. */
  children?: ReactNode
  isReady?: () => boolean
}

export function AskFirstButton(props: Props): ReactNode {
  const { label, name, look, className, title, description, keep, confirm, confirmLook = "danger", done } = props
  const safe = useRef<HTMLButtonElement>(null)
  const [asking, setAsking] = useState<boolean | null>(null)
  const run = useMutation({
    mutationFn: props.action,
    onSuccess: () => {
      toast(done)
      setAsking(false)
    },
    onSettled: () => props.onSettled?.(),
  })
  const ask = (): void => {
    run.reset()
    setAsking(true)
  }
  const go = (): void => {
    if (props.isReady?.() ?? true) run.mutate()
  }
  return (
    <>
      <Button look={look} writes onClick={ask} {...(className ? { className } : {})} aria-label={name}>
        {label}
      </Button>
      {asking === null ? null : (
        <Suspense>
          <ConfirmDialog
            open={asking}
            onClose={() => setAsking(false)}
            safe={safe}
            title={title}
            description={description}
          >
            {props.children}
            {run.error ? (
              <p role="alert" className="text-danger">
                {asApiError(run.error).message}
              </p>
            ) : null}
            <div className="flex flex-wrap justify-end gap-2">
              <Button ref={safe} look="quiet" onClick={() => setAsking(false)}>
                {keep}
              </Button>
              <Button look={confirmLook} writes busy={run.isPending} onClick={go}>
                {confirm}
              </Button>
            </div>
          </ConfirmDialog>
        </Suspense>
      )}
    </>
  )
}
