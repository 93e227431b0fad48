// What proves that it is really oneself: the password, and a code.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { FieldValues, Path, UseFormReturn } from "react-hook-form"
import { asApiError } from "../../../lib/errors"
import { showErrors } from "../../../lib/formErrors"
import { useSession } from "../../../lib/useSession"
import { PasswordField, TextField } from "../../../ui/Field"

interface Props<T extends FieldValues> {
  form: UseFormReturn<T>
  name: Path<T>
}

const messageOf = <T extends FieldValues>({ form, name }: Props<T>): string | undefined =>
  form.getFieldState(name, form.formState).error?.message

export function OwnPassword<T extends FieldValues>(props: Props<T>): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const { form, name } = props
  return (
    <>
      {/* Password managers want to know whose password it is. */}
      <input hidden readOnly autoComplete="username" value={user?.email ?? ""} />
      <PasswordField
        label={t`Password`}
        autoComplete="current-password"
        error={messageOf(props)}
        {...form.register(name, { required: t`Enter your password.` })}
      />
    </>
  )
}

/** `orRecovery`: a recovery code does as well, so letters may be typed. */
export function OwnCode<T extends FieldValues>({
  orRecovery = false,
  ...props
}: Props<T> & { orRecovery?: boolean }): ReactNode {
  const { t } = useLingui()
  const { form, name } = props
  return (
    <TextField
      label={orRecovery ? t`Code of your app, or a recovery code` : t`Code of your app`}
      autoComplete="one-time-code"
      inputMode={orRecovery ? "text" : "numeric"}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={64}
      className="max-w-60"
      error={messageOf(props)}
      {...form.register(name, { required: t`Enter a code.` })}
    />
  )
}

interface Places<T extends FieldValues> {
  password: Path<T>
  code: Path<T> | null
}

/** Puts the server's "no" beside what it is about. */
export function useProofErrors<T extends FieldValues>(form: UseFormReturn<T>, { password, code }: Places<T>) {
  const { t } = useLingui()
  return (cause: unknown): void => {
    const failure = asApiError(cause)
    if (failure.code === "invalid_credentials") {
      form.setError(password, { message: t`This is not your password.` }, { shouldFocus: true })
    } else if (code && ["invalid_totp", "totp_required"].includes(failure.code)) {
      form.setError(code, { message: failure.message }, { shouldFocus: true })
    } else showErrors(form, code ? [password, code] : [password], cause)
  }
}
