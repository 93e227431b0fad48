// Takes a product down, after a reason was written. Nothing happens without one.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation } from "@tanstack/react-query"
import { lazy, type ReactNode, Suspense, useRef, useState } from "react"
import { asApiError } from "../../../lib/errors"
import { Button } from "../../../ui/Button"
import { TextArea } from "../../../ui/Field"
import { toast } from "../../../ui/toasts"
import { takeDown } from "../api"

const ConfirmDialog = lazy(() => import("../../../ui/dialogs").then((module) => ({ default: module.ConfirmDialog })))
const REASON_MAX = 500

export function TakeDownButton({ productId, onSettled }: { productId: string; onSettled: () => unknown }): ReactNode {
  const { t } = useLingui()
  const safe = useRef<HTMLButtonElement>(null)
  const [asking, setAsking] = useState<boolean | null>(null)
  const [reason, setReason] = useState("")
  const [missing, setMissing] = useState(false)
  const run = useMutation({
    mutationFn: () => takeDown(productId, reason.trim()),
    onSuccess: () => {
      toast(t`Taken down. Its seller sees the reason.`)
      setAsking(false)
    },
    onSettled: () => onSettled(),
  })
  const send = (): void => {
    setMissing(!reason.trim())
    if (reason.trim()) run.mutate()
  }
  return (
    <>
      <Button look="danger" writes onClick={() => setAsking(true)}>
        <Trans>Take down</Trans>
      </Button>
      {asking === null ? null : (
        <Suspense>
          <ConfirmDialog
            open={asking}
            onClose={() => setAsking(false)}
            safe={safe}
            title={t`Take this product down?`}
            description={t`Nobody but its seller and the staff will see it, its cover or its previews. Whoever bought it keeps it.`}
          >
            <TextArea
              label={t`Reason`}
              help={t`Its seller reads this.`}
              maxLength={REASON_MAX}
              required
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              error={missing ? t`Write why.` : undefined}
            />
            {run.error ? (
              <p role="alert" className="text-danger">
                {asApiError(run.error).message}
              </p>
            ) : null}
            <div className="flex flex-wrap justify-end gap-2">
              <Button ref={safe} look="quiet" onClick={() => setAsking(false)}>
                <Trans>Leave it up</Trans>
              </Button>
              <Button look="danger" writes busy={run.isPending} onClick={send}>
                <Trans>Take down</Trans>
              </Button>
            </div>
          </ConfirmDialog>
        </Suspense>
      )}
    </>
  )
}
