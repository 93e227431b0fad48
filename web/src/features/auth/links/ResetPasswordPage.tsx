// Set a new password by the link of a mail.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { useForm, useWatch } from "react-hook-form"
import { asApiError } from "../../../lib/errors"
import { showErrors } from "../../../lib/formErrors"
import { PASSWORD_LEAST } from "../../../lib/passwordWords"
import { usePasswordWords } from "../../../lib/usePasswordWords"
import { Button } from "../../../ui/Button"
import { PasswordField } from "../../../ui/Field"
import { FormError } from "../../../ui/FormError"
import { Page } from "../../../ui/Page"
import { Notice } from "../../../ui/states"
import { resetPassword } from "../api"
import { DeadLink } from "./DeadLink"

type Outcome = "asked" | "done" | "dead"

export function ResetPasswordPage({ token }: { token: string | null }): ReactNode {
  const { t } = useLingui()
  const [outcome, setOutcome] = useState<Outcome>("asked")
  return (
    <Page title={t`Set a new password`} narrow>
      {token === null || outcome === "dead" ? (
        <DeadLink>
          <Link to="/forgot-password" className="text-accent underline underline-offset-4">
            <Trans>Send me a new link</Trans>
          </Link>
        </DeadLink>
      ) : outcome === "done" ? (
        <div className="grid gap-4">
          <div role="status">
            <Notice>
              <Trans>Your new password is set. You are signed out everywhere.</Trans>
            </Notice>
          </div>
          <p>
            <Link to="/login" className="font-semibold text-accent underline underline-offset-4">
              <Trans>Sign in</Trans>
            </Link>
          </p>
        </div>
      ) : (
        <NewPassword token={token} onEnd={setOutcome} />
      )}
    </Page>
  )
}

function NewPassword({ token, onEnd }: { token: string; onEnd: (outcome: Outcome) => void }): ReactNode {
  const { t } = useLingui()
  const form = useForm({ defaultValues: { new_password: "" } })
  const { errors, isSubmitting } = form.formState
  const words = usePasswordWords(useWatch({ control: form.control, name: "new_password" }))
  const submit = form.handleSubmit(async ({ new_password }) => {
    await resetPassword(token, new_password).then(
      () => onEnd("done"),
      (cause: unknown) => {
        if (asApiError(cause).code === "link_expired") onEnd("dead")
        else showErrors(form, ["new_password"], cause)
      },
    )
  })
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <FormError message={errors.root?.message} />
      <PasswordField
        label={t`New password`}
        autoComplete="new-password"
        help={errors.new_password ? undefined : words}
        error={errors.new_password?.message}
        {...form.register("new_password", {
          required: t`Choose a password.`,
          minLength: { value: PASSWORD_LEAST, message: t`Use at least ${PASSWORD_LEAST} characters.` },
        })}
      />
      <Button type="submit" writes busy={isSubmitting}>
        <Trans>Set the password</Trans>
      </Button>
    </form>
  )
}
