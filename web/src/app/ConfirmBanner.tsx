// Quietly says that an address was not confirmed yet, and sends the link again. Put away for as long as the tab lives.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useState } from "react"
import { resendVerification } from "../features/auth/api"
import { asApiError } from "../lib/errors"
import { session } from "../lib/session"
import { useSession } from "../lib/useSession"
import { IconButton } from "../ui/Button"
import { Icon } from "../ui/icons"

type State = "asked" | "busy" | "sent"

export function ConfirmBanner(): ReactNode {
  const { t } = useLingui()
  const { status, user } = useSession()
  const [state, setState] = useState<State>("asked")
  const [failure, setFailure] = useState("")
  const [isAway, setAway] = useState(false)
  if (status !== "in" || !user || user.email_verified || isAway) return null
  const { email } = user
  const send = async (): Promise<void> => {
    if (state === "busy") return
    setState("busy")
    setFailure("")
    try {
      await resendVerification()
      setState("sent")
    } catch (cause) {
      const { code, message } = asApiError(cause)
      // Confirmed in another tab, or on the phone.
      if (code === "already_verified") await session.refresh()
      else setFailure(message)
      setState("asked")
    }
  }
  return (
    <section
      aria-label={t`Your e-mail address`}
      className="flex items-center justify-center gap-x-3 bg-quiet py-1 ps-4 pe-1 text-sm"
    >
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 py-1 sm:flex-initial">
        <p role="status" className="wrap-anywhere">
          {state === "sent" ? (
            <Trans>A link is on its way to {email}.</Trans>
          ) : (
            <Trans>Confirm your e-mail address: we sent a link to {email}.</Trans>
          )}
        </p>
        {state === "sent" ? null : (
          <button
            type="button"
            aria-busy={state === "busy" || undefined}
            className="min-h-8 font-semibold text-accent underline underline-offset-4"
            onClick={() => void send()}
          >
            <Trans>Send it again</Trans>
          </button>
        )}
        {failure ? (
          <p role="alert" className="text-danger">
            {failure}
          </p>
        ) : null}
      </div>
      <IconButton label={t`Put away`} onClick={() => setAway(true)}>
        <Icon name="close" size={18} />
      </IconButton>
    </section>
  )
}
