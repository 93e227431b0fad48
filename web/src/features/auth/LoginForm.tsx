// The sign-in form itself: used by the page and by the dialog of an expired session.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { useForm } from "react-hook-form"
import { Button } from "../../ui/Button"
import { PasswordField, TextField } from "../../ui/Field"
import { type Credentials, signIn } from "./api"
import { FormError } from "./FormError"
import { showErrors } from "./formErrors"

export function LoginForm({ email = "" }: { email?: string }): ReactNode {
  const { t } = useLingui()
  const form = useForm<Credentials>({ defaultValues: { email, password: "" } })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (credentials) => {
    await signIn(credentials).catch((cause: unknown) => showErrors(form, ["email", "password"], cause))
  })
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <FormError message={errors.root?.message} />
      <TextField
        label={t`E-mail`}
        type="email"
        autoComplete="email"
        inputMode="email"
        error={errors.email?.message}
        {...form.register("email", { required: t`Enter your e-mail address.` })}
      />
      <PasswordField
        label={t`Password`}
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register("password", { required: t`Enter your password.` })}
      />
      <Button type="submit" writes busy={isSubmitting}>
        <Trans>Sign in</Trans>
      </Button>
    </form>
  )
}
