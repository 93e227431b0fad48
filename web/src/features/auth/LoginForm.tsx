// The sign-in form itself, with its second step: used by the page and by the dialog of an expired session.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useState } from "react"
import { type UseFormReturn, useForm } from "react-hook-form"
import { asApiError } from "../../lib/errors"
import { showErrors } from "../../lib/formErrors"
import { Button } from "../../ui/Button"
import { PasswordField, TextField } from "../../ui/Field"
import { FormError } from "../../ui/FormError"
import { type Credentials, signIn } from "./api"

interface Draft extends Credentials {
  totp_code: string
}

type Form = UseFormReturn<Draft>

function FirstStep({ form }: { form: Form }): ReactNode {
  const { t } = useLingui()
  const { errors } = form.formState
  return (
    <>
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
    </>
  )
}

function SecondStep({ form }: { form: Form }): ReactNode {
  const { t } = useLingui()
  const [byRecovery, setByRecovery] = useState(false)
  const { setFocus, setValue, clearErrors, register } = form
  const error = form.formState.errors.totp_code?.message
  // biome-ignore lint/correctness/useExhaustiveDependencies: the field is another one after the choice.
  useEffect(() => setFocus("totp_code"), [setFocus, byRecovery])
  const change = (): void => {
    setValue("totp_code", "")
    clearErrors()
    setByRecovery(!byRecovery)
  }
  return (
    <>
      {byRecovery ? (
        <TextField
          key="recovery"
          label={t`Recovery code`}
          help={t`One of the ten that you were given when you turned two-step log-in on.`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          error={error}
          {...register("totp_code", { required: t`Enter a code.` })}
        />
      ) : (
        <TextField
          key="code"
          label={t`Code of your app`}
          help={t`Six digits, from your authenticator app.`}
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={64}
          error={error}
          {...register("totp_code", { required: t`Enter a code.` })}
        />
      )}
      <button
        type="button"
        className="min-h-6 justify-self-start text-accent underline underline-offset-4"
        onClick={change}
      >
        {byRecovery ? <Trans>Use the app’s code</Trans> : <Trans>No phone at hand? Use a recovery code</Trans>}
      </button>
    </>
  )
}

export function LoginForm({ email = "" }: { email?: string }): ReactNode {
  const { t } = useLingui()
  const [isSecond, setSecond] = useState(false)
  const form = useForm<Draft>({ defaultValues: { email, password: "", totp_code: "" } })
  const { errors, isSubmitting } = form.formState
  const refuse = (cause: unknown): void => {
    const { code, message } = asApiError(cause)
    if (code === "totp_required") setSecond(true)
    else if (code === "invalid_totp") form.setError("totp_code", { message }, { shouldFocus: true })
    else if (isSecond && code === "invalid_credentials") {
      setSecond(false)
      form.setError("root", { message })
    } else showErrors(form, isSecond ? ["totp_code"] : ["email", "password"], cause)
  }
  const submit = form.handleSubmit(async ({ totp_code, ...credentials }) => {
    await signIn(isSecond ? { ...credentials, totp_code: totp_code.trim() } : credentials).catch(refuse)
  })
  const back = (): void => {
    form.clearErrors()
    form.setValue("totp_code", "")
    setSecond(false)
  }
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <FormError message={errors.root?.message} />
      {isSecond ? <SecondStep form={form} /> : <FirstStep form={form} />}
      <Button type="submit" writes busy={isSubmitting}>
        {isSecond ? <Trans>Go on</Trans> : <Trans>Sign in</Trans>}
      </Button>
      {isSecond ? (
        <Button look="plain" onClick={back} aria-label={t`Back to e-mail and password`}>
          <Trans>Back</Trans>
        </Button>
      ) : null}
    </form>
  )
}
