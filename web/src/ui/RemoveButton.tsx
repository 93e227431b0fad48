// Takes something away at once that is easily put back, and says what went wrong.
import { Trans } from "@lingui/react/macro"
import { useMutation } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../lib/errors"
import { Button } from "./Button"

interface Props<T> {
  action: () => Promise<T>
  onDone: (result: T) => unknown
}

export function RemoveButton<T>({ action, onDone }: Props<T>): ReactNode {
  const remove = useMutation({ mutationFn: action, onSuccess: onDone })
  return (
    <>
      <Button look="plain" writes busy={remove.isPending} onClick={() => remove.mutate()}>
        <Trans>Remove</Trans>
      </Button>
      {remove.error ? (
        <p role="alert" className="w-full text-danger text-sm">
          {asApiError(remove.error).message}
        </p>
      ) : null}
    </>
  )
}
