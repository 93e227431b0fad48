// Shown over the page when the session could not be refreshed. The page below, and what was typed in it, stays.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { session } from "../../lib/session"
import { useSession } from "../../lib/useSession"
import { Button } from "../../ui/Button"
import { PlainDialog } from "../../ui/dialogs"
import { LoginForm } from "./LoginForm"

export function SignedOutDialog(): ReactNode {
  const { t } = useLingui()
  const { status, user } = useSession()
  return (
    <PlainDialog
      open={status === "expired"}
      onClose={() => session.forget()}
      title={t`You were signed out`}
      description={t`Your session ended. Sign in again: what you typed on this page is kept.`}
    >
      <LoginForm email={user?.email ?? ""} />
      <Button look="plain" onClick={() => session.forget()}>
        <Trans>Continue without signing in</Trans>
      </Button>
    </PlainDialog>
  )
}
