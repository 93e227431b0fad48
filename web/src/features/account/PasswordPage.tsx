// Another password, for who knows the one they have.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { useForm, useWatch } from "react-hook-form"
import { asApiError } from "../../lib/errors"
import { showErrors } from "../../lib/formErrors"
import { PASSWORD_LEAST } from "../../lib/passwordWords"
import { usePasswordWords } from "../../lib/usePasswordWords"
import { useSession } from "../../lib/useSession"
import { Button } from "../../ui/Button"
import { PasswordField } from "../../ui/Field"
import { FormError } from "../../ui/FormError"
import { Notice } from "../../ui/states"
import { changePassword } from "./api"
import { Card, SettingsFrame } from "./SettingsFrame"

const EMPTY = { current_password: "", new_password: "" }

export function PasswordPage(): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const [isDone, setDone] = useState(false)
  const form = useForm({ defaultValues: EMPTY })
  const { errors, isSubmitting } = form.formState
  const words = usePasswordWords(useWatch({ control: form.control, name: "new_password" }))
  const submit = form.handleSubmit(async ({ current_password, new_password }) => {
    setDone(false)
    await changePassword(current_password, new_password).then(
      () => {
        form.reset(EMPTY)
        setDone(true)
      },
      (cause: unknown) => {
        if (asApiError(cause).code === "invalid_credentials") {
          form.setError("current_password", { message: t`This is not your password.` }, { shouldFocus: true })
        } else showErrors(form, ["current_password", "new_password"], cause)
      },
    )
  })
  return (
    <SettingsFrame title={t`Password`} lead={t`Changing it signs you out everywhere but here.`}>
      <Card title={t`Change the password`}>
        <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
          <div role="status" className="empty:absolute">
            {isDone ? (
              <Notice>
                <Trans>Your new password is set. All other sessions have ended.</Trans>
              </Notice>
            ) : null}
          </div>
          <FormError message={errors.root?.message} />
          {/* Password managers want to know whose password it is. */}
          <input hidden readOnly autoComplete="username" value={user?.email ?? ""} />
          <PasswordField
            label={t`Current password`}
            autoComplete="current-password"
            error={errors.current_password?.message}
            {...form.register("current_password", { required: t`Enter your password.` })}
          />
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
          <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
            <Button type="submit" writes busy={isSubmitting}>
              <Trans>Change the password</Trans>
            </Button>
            <Link to="/forgot-password" className="text-accent underline underline-offset-4">
              <Trans>Forgot your password?</Trans>
            </Link>
          </div>
        </form>
      </Card>
    </SettingsFrame>
  )
}
