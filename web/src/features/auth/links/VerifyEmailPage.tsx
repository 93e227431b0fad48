// Confirm an address by the link of a mail. A click does it, not the visit: programs that look through mail open links, too.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
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
  const [state, setState] = useState<"asked" | "busy" | "done" | "dead">(token === null ? "dead" : "asked")
  const [failure, setFailure] = useState<string>()
  const confirm = async (): Promise<void> => {
    setState("busy")
    setFailure(undefined)
    await verifyEmail(token ?? "").then(
      () => setState("done"),
      (cause: unknown) => {
        const { code, message } = asApiError(cause)
        setState(code === "link_expired" ? "dead" : "asked")
        if (code !== "link_expired") setFailure(message)
      },
    )
  }
  return (
    <Page title={t`Confirm your e-mail address`} narrow>
      {state === "dead" ? (
        <DeadLink>
          <Resend />
        </DeadLink>
      ) : state === "done" ? (
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
          <FormError message={failure} />
          <p>
            <Trans>One click, and we know that mail reaches you.</Trans>
          </p>
          <Button writes busy={state === "busy"} onClick={() => void confirm()}>
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
  const [state, setState] = useState<"asked" | "busy" | "sent">("asked")
  const [failure, setFailure] = useState<string>()
  if (status !== "in") {
    return (
      <Link to="/login" search={{ next: "/verify-email" }} className="text-accent underline underline-offset-4">
        <Trans>Sign in to get a new link</Trans>
      </Link>
    )
  }
  const send = async (): Promise<void> => {
    setState("busy")
    setFailure(undefined)
    await resendVerification().then(
      () => setState("sent"),
      (cause: unknown) => {
        setState("asked")
        setFailure(asApiError(cause).message)
      },
    )
  }
  return (
    <span className="grid justify-items-start gap-4">
      <FormError message={failure} />
      <span role="status">{state === "sent" ? <Trans>It is on its way to you.</Trans> : null}</span>
      <Button writes busy={state === "busy"} onClick={() => void send()}>
        <Trans>Send me a new link</Trans>
      </Button>
    </span>
  )
}
