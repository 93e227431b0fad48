// Ends the broadcast, after asking.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { lazy, type ReactNode, Suspense, useRef, useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { Stream } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { toast } from "../../../ui/toasts"
import { endStream } from "../api"

const ConfirmDialog = lazy(() => import("../../../ui/dialogs").then((module) => ({ default: module.ConfirmDialog })))

export function EndStreamButton({ stream }: { stream: Stream }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const safe = useRef<HTMLButtonElement>(null)
  const [asking, setAsking] = useState<boolean | null>(null)
  const end = useMutation({
    mutationFn: () => endStream(stream.id),
    onSuccess: () => {
      toast(t`The broadcast was ended.`)
      setAsking(false)
    },
    onSettled: () =>
      queries.invalidateQueries({ queryKey: ["live"], predicate: ({ queryKey }) => queryKey[1] !== "key" }),
  })
  return (
    <>
      <Button look="danger" writes onClick={() => setAsking(true)}>
        <Trans>End stream</Trans>
      </Button>
      {asking === null ? null : (
        <Suspense>
          <ConfirmDialog
            open={asking}
            onClose={() => setAsking(false)}
            safe={safe}
            title={t`End this broadcast?`}
            description={t`Everybody who watches sees that it has ended. Stop your encoder too, or it connects again.`}
          >
            {end.error ? (
              <p role="alert" className="text-danger">
                {asApiError(end.error).message}
              </p>
            ) : null}
            <div className="flex flex-wrap justify-end gap-2">
              <Button ref={safe} look="quiet" onClick={() => setAsking(false)}>
                <Trans>Stay live</Trans>
              </Button>
              <Button look="danger" writes busy={end.isPending} onClick={() => end.mutate()}>
                <Trans>End broadcast</Trans>
              </Button>
            </div>
          </ConfirmDialog>
        </Suspense>
      )}
    </>
  )
}
