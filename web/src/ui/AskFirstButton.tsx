// A button for what is not easily taken back: it asks first, then does it, and says what went wrong.
import { useMutation } from "@tanstack/react-query"
import { lazy, type ReactNode, Suspense, useRef, useState } from "react"
import { asApiError } from "../lib/errors"
import { Button, type Look } from "./Button"
import { toast } from "./toasts"

const ConfirmDialog = lazy(() => import("./dialogs").then((module) => ({ default: module.ConfirmDialog })))

interface Outcome {
  text: string
  tone: "ok" | "error"
}

interface Props<Result> {
  /** On the button that opens the question. */
  label: ReactNode
  /** The button's name, when its label is too short to stand alone. */
  name?: string
  look: Look
  className?: string
  /** It was possible, and no longer is: the button keeps its place and the focus. */
  isOver?: boolean
  title: string
  description: string
  keep: string
  confirm: string
  /** How the button that does it looks; red for what destroys. */
  confirmLook?: Look
  /** What happened; where that depends on the answer, it is put into words from it. */
  done: string | ((result: Result) => Outcome)
  action: () => Promise<Result>
  onSettled?: () => unknown
  /** What must be filled in first, and whether it is. */
  children?: ReactNode
  isReady?: () => boolean
}

export function AskFirstButton<Result>(props: Props<Result>): ReactNode {
  const { label, name, look, className, title, description, keep, confirm, confirmLook = "danger", done } = props
  const safe = useRef<HTMLButtonElement>(null)
  const [asking, setAsking] = useState<boolean | null>(null)
  /** A second click of a double click comes before the button looks busy. */
  const running = useRef(false)
  const isOwed = useRef(false)
  const run = useMutation({
    mutationFn: props.action,
    onSuccess: (result) => {
      const { text, tone } = typeof done === "string" ? { text: done, tone: "ok" as const } : done(result)
      toast(text, tone)
      setAsking(false)
    },
    onSettled: (_, error) => {
      running.current = false
      // What is read anew may take this button away, and with it the words of what went wrong: first they are read.
      isOwed.current = error !== null
      return error ? undefined : props.onSettled?.()
    },
  })
  // Once it was begun, the question stays until its answer is there: what went wrong is said in it.
  const close = (): void => {
    if (running.current) return
    setAsking(false)
    if (isOwed.current) void props.onSettled?.()
    isOwed.current = false
  }
  const ask = (): void => {
    run.reset()
    setAsking(true)
  }
  const go = (): void => {
    if (running.current || !(props.isReady?.() ?? true)) return
    running.current = true
    run.mutate()
  }
  return (
    <>
      <Button
        look={look}
        writes
        onClick={ask}
        {...(className ? { className } : {})}
        aria-label={name}
        aria-disabled={props.isOver}
      >
        {label}
      </Button>
      {asking === null ? null : (
        <Suspense>
          <ConfirmDialog open={asking} onClose={close} safe={safe} title={title} description={description}>
            {props.children}
            {run.error ? (
              <p role="alert" className="text-danger">
                {asApiError(run.error).message}
              </p>
            ) : null}
            <div className="flex flex-wrap justify-end gap-2">
              <Button ref={safe} look="quiet" aria-disabled={run.isPending} onClick={close}>
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
