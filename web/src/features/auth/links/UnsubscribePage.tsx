// Turn off the mail that one came from. A click does it, not the visit: programs that look through mail open links, too.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { asApiError } from "../../../lib/errors"
import { Button } from "../../../ui/Button"
import { FormError } from "../../../ui/FormError"
import { Page } from "../../../ui/Page"
import { Notice } from "../../../ui/states"
import { unsubscribe } from "../api"

function ToSettings(): ReactNode {
  return (
    <Link to="/settings/notifications" className="font-semibold text-accent underline underline-offset-4">
      <Trans>All choices about mail</Trans>
    </Link>
  )
}

export function UnsubscribePage({ token }: { token: string | null }): ReactNode {
  const { t } = useLingui()
  const [state, setState] = useState<"asked" | "busy" | "done" | "dead">(token === null ? "dead" : "asked")
  const [failure, setFailure] = useState<string>()
  const stop = async (): Promise<void> => {
    setState("busy")
    setFailure(undefined)
    await unsubscribe(token ?? "").then(
      () => setState("done"),
      (cause: unknown) => {
        const { status, message } = asApiError(cause)
        // Not a token of ours: cut off, or typed.
        const isWrong = status === 400 || status === 404 || status === 410
        setState(isWrong ? "dead" : "asked")
        if (!isWrong) setFailure(message)
      },
    )
  }
  return (
    <Page title={t`Less mail`} narrow>
      <div className="grid gap-4">
        {state === "dead" ? (
          <div role="alert">
            <Notice tone="warn">
              <Trans>This link does not work. Open it from the mail once more, or choose here.</Trans>
            </Notice>
          </div>
        ) : state === "done" ? (
          <div role="status">
            <Notice>
              <Trans>Done: you get no more mail of this kind.</Trans>
            </Notice>
          </div>
        ) : (
          <>
            <FormError message={failure} />
            <p>
              <Trans>We no longer write to you when somebody whom you follow goes live.</Trans>
            </p>
            <Button writes busy={state === "busy"} onClick={() => void stop()}>
              <Trans>Stop this mail</Trans>
            </Button>
          </>
        )}
        <p>
          <ToSettings />
        </p>
      </div>
    </Page>
  )
}
