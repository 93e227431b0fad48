// Turning two-step log-in on: the password, then the secret into the app, then a code of it, then the recovery codes.
import { Trans, useLingui } from "@lingui/react/macro"
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react"
import { useForm } from "react-hook-form"
import { Button } from "../../../ui/Button"
import { CopyButton } from "../../../ui/CopyButton"
import { FormError } from "../../../ui/FormError"
import { Skeleton } from "../../../ui/states"
import { enableTotp, setUpTotp } from "../api"
import { Card } from "../SettingsFrame"
import type { TotpSecret } from "../types"
import { OwnCode, OwnPassword, useProofErrors } from "./fields"

const QrCode = lazy(() => import("./QrCode").then((module) => ({ default: module.QrCode })))

function Begin({ onBegun }: { onBegun: (secret: TotpSecret) => void }): ReactNode {
  const { t } = useLingui()
  const form = useForm({ defaultValues: { password: "" } })
  const refuse = useProofErrors(form, { password: "password", code: null })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(({ password }) => setUpTotp(password).then(onBegun, refuse))
  return (
    <Card title={t`Turn it on`}>
      <p className="text-muted">
        <Trans>
          Besides your password, signing in then needs a code that an app on your phone shows. You need such an app; any
          authenticator app will do.
        </Trans>
      </p>
      <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <FormError message={errors.root?.message} />
        <OwnPassword form={form} name="password" />
        <div>
          <Button type="submit" writes busy={isSubmitting}>
            <Trans>Begin</Trans>
          </Button>
        </div>
      </form>
    </Card>
  )
}

/** In groups of four, as people read it off; an app takes it either way. */
const readable = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, "$1 ")

function Confirm({ made, onCodes }: { made: TotpSecret; onCodes: (codes: string[]) => void }): ReactNode {
  const { t } = useLingui()
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => top.current?.focus(), [])
  const form = useForm({ defaultValues: { code: "" } })
  const refuse = useProofErrors(form, { password: "code", code: "code" })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(({ code }) => enableTotp(code.replaceAll(" ", "")).then(onCodes, refuse))
  return (
    <Card title={t`Turn it on`}>
      <div ref={top} tabIndex={-1} className="-m-2 grid gap-4 p-2">
        <p>
          <Trans>Scan this with your authenticator app, or type the secret into it.</Trans>
        </p>
        <Suspense fallback={<Skeleton className="size-52" />}>
          <QrCode text={made.otpauth_uri} label={t`QR code of the secret`} />
        </Suspense>
        <div>
          <p className="font-semibold text-sm">
            <Trans>Secret</Trans>
          </p>
          <p className="flex items-center gap-1">
            <code className="wrap-anywhere select-all font-mono">{readable(made.secret)}</code>
            <CopyButton what={t`Copy the secret`} value={made.secret} />
          </p>
        </div>
      </div>
      <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <FormError message={errors.root?.message} />
        <OwnCode form={form} name="code" />
        <div>
          <Button type="submit" writes busy={isSubmitting}>
            <Trans>Turn it on</Trans>
          </Button>
        </div>
      </form>
    </Card>
  )
}

/** `onCodes`: it is on; these are to be kept. */
export function TurnOn({ onCodes }: { onCodes: (codes: string[]) => void }): ReactNode {
  const [made, setMade] = useState<TotpSecret>()
  return made ? <Confirm made={made} onCodes={onCodes} /> : <Begin onBegun={setMade} />
}
