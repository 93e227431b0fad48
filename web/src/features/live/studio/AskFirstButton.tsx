// A button for what cannot be taken back on one's own stream: it asks first, then does it, and says what went wrong.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { lazy, type ReactNode, Suspense, useRef, useState } from "react"
import { asApiError } from "../../../lib/errors"
import { Button } from "../../../ui/Button"
import { toast } from "../../../ui/toasts"

const ConfirmDialog = lazy(() => import("../../../ui/dialogs").then((module) => ({ default: module.ConfirmDialog })))

interface Props {
  /** On the button that opens the question. */
  label: string
  look: "danger" | "plain"
  title: string
  description: string
  keep: string
  confirm: string
  done: string
  action: () => Promise<unknown>
}

export function AskFirstButton({ label, look, title, description, keep, confirm, done, action }: Props): ReactNode {
  const queries = useQueryClient()
  const safe = useRef<HTMLButtonElement>(null)
  const [asking, setAsking] = useState<boolean | null>(null)
  const run = useMutation({
    mutationFn: action,
    onSuccess: () => {
      toast(done)
      setAsking(false)
    },
    onSettled: () =>
      queries.invalidateQueries({ queryKey: ["live"], predicate: ({ queryKey }) => queryKey[1] !== "key" }),
  })
  return (
    <>
      <Button look={look} writes onClick={() => setAsking(true)}>
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
            {run.error ? (
              <p role="alert" className="text-danger">
                {asApiError(run.error).message}
              </p>
            ) : null}
            <div className="flex flex-wrap justify-end gap-2">
              <Button ref={safe} look="quiet" onClick={() => setAsking(false)}>
                {keep}
              </Button>
              <Button look="danger" writes busy={run.isPending} onClick={() => run.mutate()}>
                {confirm}
              </Button>
            </div>
          </ConfirmDialog>
        </Suspense>
      )}
    </>
  )
}
