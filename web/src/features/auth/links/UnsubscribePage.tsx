// Turn off the mail that one came from. A click does it, not the visit: programs that look through mail open links, too.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
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
  const stop = useMutation({ mutationFn: unsubscribe })
  const failure = stop.error ? asApiError(stop.error) : null
  // Not a token of ours: cut off, or typed.
  const isDead = token === null || [400, 404, 410].includes(failure?.status ?? 0)
  return (
    <Page title={t`Less mail`} narrow>
      <div className="grid gap-4">
        {isDead ? (
          <div role="alert">
            <Notice tone="warn">
              <Trans>This link does not work. Open it from the mail once more, or choose here.</Trans>
            </Notice>
          </div>
        ) : stop.isSuccess ? (
          <div role="status">
            <Notice>
              <Trans>Done: you get no more mail of this kind.</Trans>
            </Notice>
          </div>
        ) : (
          <>
            <FormError message={failure?.message} />
            <p>
              <Trans>We no longer write to you when somebody whom you follow goes live.</Trans>
            </p>
            <Button writes busy={stop.isPending} onClick={() => stop.mutate(token)}>
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
