// Sign in, then go back to where the visitor was.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { Page } from "../../ui/Page"
import { Notice } from "../../ui/states"
import { LoginForm } from "./LoginForm"

export function LoginPage({ next }: { next: string | undefined }): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={t`Sign in`} narrow>
      <div className="grid gap-6">
        {next ? (
          <Notice>
            <Trans>Sign in to continue. You come back to the page you asked for.</Trans>
          </Notice>
        ) : null}
        <LoginForm />
        <p>
          <Link to="/forgot-password" className="text-accent underline underline-offset-4">
            <Trans>Forgot your password?</Trans>
          </Link>
        </p>
        <p className="text-muted">
          <Trans>
            New here?{" "}
            <Link
              to="/register"
              search={next ? { next } : {}}
              className="font-semibold text-accent underline underline-offset-4"
            >
              Create an account
            </Link>
          </Trans>
        </p>
      </div>
    </Page>
  )
}
