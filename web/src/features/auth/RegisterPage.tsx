// Create an account. The server's word on each field stands beside the field.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { useForm, useWatch } from "react-hook-form"
import { showErrors } from "../../lib/formErrors"
import { PASSWORD_LEAST } from "../../lib/passwordWords"
import { usePasswordWords } from "../../lib/usePasswordWords"
import { Button } from "../../ui/Button"
import { PasswordField, TextField } from "../../ui/Field"
import { FormError } from "../../ui/FormError"
import { Page } from "../../ui/Page"
import { register as createAccount } from "./api"

interface Account {
  username: string
  email: string
  password: string
}

function Fields(): ReactNode {
  const { t } = useLingui()
  const form = useForm<Account>({ defaultValues: { username: "", email: "", password: "" } })
  const { errors, isSubmitting } = form.formState
  const words = usePasswordWords(useWatch({ control: form.control, name: "password" }))
  const submit = form.handleSubmit(async (account) => {
    await createAccount(account).catch((cause: unknown) => showErrors(form, ["username", "email", "password"], cause))
  })
  const tooShort = t`Use at least ${PASSWORD_LEAST} characters.`
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
      <TextField
        label={t`Username`}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        help={t`3 to 30 letters, digits, “_” or “-”. Everyone sees it.`}
        error={errors.username?.message}
        {...form.register("username", { required: t`Choose a username.` })}
      />
      <PasswordField
        label={t`Password`}
        autoComplete="new-password"
        help={errors.password ? undefined : words}
        error={errors.password?.message}
        {...form.register("password", {
          required: t`Choose a password.`,
          minLength: { value: PASSWORD_LEAST, message: tooShort },
        })}
      />
      <Button type="submit" writes busy={isSubmitting}>
        <Trans>Create account</Trans>
      </Button>
    </form>
  )
}

export function RegisterPage({ next }: { next: string | undefined }): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={t`Create an account`} lead={t`One account to listen, to sell and to go live.`} narrow>
      <div className="grid gap-6">
        <Fields />
        <p className="text-muted">
          <Trans>
            Already have one?{" "}
            <Link
              to="/login"
              search={next ? { next } : {}}
              className="font-semibold text-accent underline underline-offset-4"
            >
              Sign in
            </Link>
          </Trans>
        </p>
      </div>
    </Page>
  )
}
