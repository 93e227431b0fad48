// Ask for a link to set a new password. The answer never tells whether an address has an account.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useState } from "react"
import { useForm } from "react-hook-form"
import { showErrors } from "../../../lib/formErrors"
import { Button } from "../../../ui/Button"
import { TextField } from "../../../ui/Field"
import { FormError } from "../../../ui/FormError"
import { Page } from "../../../ui/Page"
import { Notice } from "../../../ui/states"
import { askForReset } from "../api"

export function ForgotPasswordPage(): ReactNode {
  const { t } = useLingui()
  const [sentTo, setSentTo] = useState("")
  const form = useForm({ defaultValues: { email: "" } })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async ({ email }) => {
    setSentTo("")
    await askForReset(email).then(
      () => setSentTo(email),
      (cause: unknown) => showErrors(form, ["email"], cause),
    )
  })
  return (
    <Page title={t`Forgot your password?`} lead={t`We send you a link to set a new one.`} narrow>
      <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <div role="status">
          {sentTo ? (
            <Notice>
              <Trans>
                If {sentTo} has an account, a link is on its way. It works once, within an hour. Nothing there? Look
                into the spam folder, or send it again.
              </Trans>
            </Notice>
          ) : null}
        </div>
        <FormError message={errors.root?.message} />
        <TextField
          label={t`E-mail`}
          type="email"
          autoComplete="email"
          inputMode="email"
          error={errors.email?.message}
          {...form.register("email", { required: t`Enter your e-mail address.` })}
        />
        <Button type="submit" writes busy={isSubmitting}>
          {sentTo ? <Trans>Send it again</Trans> : <Trans>Send the link</Trans>}
        </Button>
      </form>
    </Page>
  )
}
