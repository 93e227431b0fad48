// Confirm an address by the link of a mail. A click does it, not the visit: programs that look through mail open links, too.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import { useSession } from "../../../lib/useSession"
import { Button } from "../../../ui/Button"
import { FormError } from "../../../ui/FormError"
import { Page } from "../../../ui/Page"
import { Notice } from "../../../ui/states"
import { resendVerification, verifyEmail } from "../api"
import { DeadLink } from "./DeadLink"

export function VerifyEmailPage({ token }: { token: string | null }): ReactNode {
  const { t } = useLingui()
  const confirm = useMutation({ mutationFn: verifyEmail })
  const failure = confirm.error ? asApiError(confirm.error) : null
  return (
    <Page title={t`Confirm your e-mail address`} narrow>
      {token === null || failure?.code === "link_expired" ? (
        <DeadLink>
          <Resend />
        </DeadLink>
      ) : confirm.isSuccess ? (
        <div className="grid gap-4">
          <div role="status">
            <Notice>
              <Trans>Your address is confirmed.</Trans>
            </Notice>
          </div>
          <p>
            <Link to="/" className="font-semibold text-accent underline underline-offset-4">
              <Trans>Go on</Trans>
            </Link>
          </p>
        </div>
      ) : (
        <div className="grid gap-4">
          <FormError message={failure?.message} />
          <p>
            <Trans>One click, and we know that mail reaches you.</Trans>
          </p>
          <Button writes busy={confirm.isPending} onClick={() => confirm.mutate(token)}>
            <Trans>Confirm</Trans>
          </Button>
        </div>
      )}
    </Page>
  )
}

/** A new link: for who is signed in, since it goes to their own address. */
function Resend(): ReactNode {
  const { status } = useSession()
  const resend = useMutation({ mutationFn: resendVerification })
  if (status !== "in") {
    return (
      <Link to="/login" search={{ next: "/verify-email" }} className="text-accent underline underline-offset-4">
        <Trans>Sign in to get a new link</Trans>
      </Link>
    )
  }
  return (
    <span className="grid justify-items-start gap-4">
      <FormError message={resend.error ? asApiError(resend.error).message : undefined} />
      <span role="status">{resend.isSuccess ? <Trans>It is on its way to you.</Trans> : null}</span>
      <Button writes busy={resend.isPending} onClick={() => resend.mutate()}>
        <Trans>Send me a new link</Trans>
      </Button>
    </span>
  )
}
