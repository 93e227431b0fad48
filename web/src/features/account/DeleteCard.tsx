// The end of the account: what it means, the password, the name typed, then it is gone. Nothing of it can be undone.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useRouter } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { useForm } from "react-hook-form"
import { asApiError } from "../../lib/errors"
import { session } from "../../lib/session"
import { useSession } from "../../lib/useSession"
import { Button } from "../../ui/Button"
import { TextField } from "../../ui/Field"
import { FormError } from "../../ui/FormError"
import { toast } from "../../ui/toasts"
import { deleteAccount, totpQuery } from "./api"
import { Card } from "./SettingsFrame"
import { OwnCode, OwnPassword, useProofErrors } from "./twoStep/fields"

const EMPTY = { password: "", code: "", username: "" }

/** Where to go when something of one's own is in the way. */
function WayOut({ code }: { code: string }): ReactNode {
  const { t } = useLingui()
  const ways: Record<string, ReactNode> = {
    on_air: <Link to="/studio">{t`To the studio`}</Link>,
    money_pending: (
      <>
        <Link to="/orders">{t`To your orders`}</Link> <Link to="/sell/transfers">{t`To your transfers`}</Link>
      </>
    ),
    last_admin: <Link to="/admin/users">{t`Make somebody else an admin`}</Link>,
  }
  const way = ways[code]
  if (!way) return null
  return (
    <p className="flex flex-wrap gap-x-6 gap-y-2 font-semibold [&_a]:text-accent [&_a]:underline [&_a]:underline-offset-4">
      {way}
    </p>
  )
}

function DeleteForm({ username }: { username: string }): ReactNode {
  const { t } = useLingui()
  const router = useRouter()
  const queries = useQueryClient()
  const isTwoStep = useQuery(totpQuery).data?.enabled ?? false
  const form = useForm({ defaultValues: EMPTY })
  const refuse = useProofErrors(form, { password: "password", code: "code" })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async ({ password, code }) => {
    try {
      await deleteAccount(password, isTwoStep ? code : null)
    } catch (cause) {
      // It was turned on in another tab: its field appears.
      if (asApiError(cause).code === "totp_required") await queries.invalidateQueries({ queryKey: totpQuery.queryKey })
      refuse(cause)
      return
    }
    session.forget()
    queries.clear()
    toast(t`Your account is deleted.`)
    void router.navigate({ to: "/", replace: true })
  })
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <FormError message={errors.root?.message} />
      <WayOut code={String(errors.root?.type)} />
      <OwnPassword form={form} name="password" />
      {isTwoStep ? <OwnCode form={form} name="code" orRecovery /> : null}
      <TextField
        label={t`Type “${username}” to confirm`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        error={errors.username?.message}
        {...form.register("username", {
          validate: (typed) => typed.trim() === username || t`Type your username, exactly as it stands above.`,
        })}
      />
      <div>
        <Button type="submit" look="danger" writes busy={isSubmitting}>
          <Trans>Delete my account for good</Trans>
        </Button>
      </div>
    </form>
  )
}

export function DeleteCard(): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  return (
    <Card title={t`Delete the account`}>
      <div className="grid gap-2 text-muted">
        <p>
          <Trans>
            Your name, your address, your profile and your streams go at once. Products that nobody bought are removed;
            what people bought stays theirs. Your reviews and chat lines stay, under a name that says nothing of you.
            Orders and invoices are kept, as the law asks.
          </Trans>
        </p>
        <p>
          <Trans>Your library goes with the account: download what you bought first. This cannot be undone.</Trans>
        </p>
      </div>
      {user ? <DeleteForm username={user.username} /> : null}
    </Card>
  )
}
