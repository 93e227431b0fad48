// While two-step log-in is on: new recovery codes, and turning it off. Both ask for password and code.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { useForm } from "react-hook-form"
import { Button, type Look } from "../../../ui/Button"
import { FormError } from "../../../ui/FormError"
import { Notice } from "../../../ui/states"
import { disableTotp, type Proof, renewRecoveryCodes } from "../api"
import { Card } from "../SettingsFrame"
import type { Totp } from "../types"
import { OwnCode, OwnPassword, useProofErrors } from "./fields"

interface Asked {
  title: string
  look: Look
  act: (proof: Proof) => Promise<void>
  children: ReactNode
}

function WithProof({ title, look, act, children }: Asked): ReactNode {
  const form = useForm<Proof>({ defaultValues: { password: "", code: "" } })
  const refuse = useProofErrors(form, { password: "password", code: "code" })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit((proof) => act(proof).catch(refuse))
  return (
    <Card title={title}>
      {children}
      <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <FormError message={errors.root?.message} />
        <OwnPassword form={form} name="password" />
        <OwnCode form={form} name="code" orRecovery />
        <div>
          <Button type="submit" look={look} writes busy={isSubmitting}>
            {title}
          </Button>
        </div>
      </form>
    </Card>
  )
}

const FEW = 3

interface Props {
  totp: Totp
  onCodes: (codes: string[]) => void
  onOff: () => void
}

export function TurnedOn({ totp, onCodes, onOff }: Props): ReactNode {
  const { t } = useLingui()
  const left = totp.recovery_codes_left
  return (
    <div className="grid gap-6">
      <div className="max-w-2xl">
        <Notice tone={left <= FEW ? "warn" : "info"}>
          <p>
            <Trans>Two-step log-in is on.</Trans>
          </p>
          <p>
            <Plural
              value={left}
              _0="No recovery code is left."
              one="# recovery code is left."
              other="# recovery codes are left."
            />
          </p>
        </Notice>
      </div>
      <WithProof
        title={t`Make new recovery codes`}
        look="primary"
        act={async (proof) => onCodes(await renewRecoveryCodes(proof))}
      >
        <p className="text-muted">
          <Trans>The old ones stop working at once.</Trans>
        </p>
      </WithProof>
      {totp.required ? (
        <p className="max-w-2xl text-muted">
          <Trans>The staff of this site need two-step log-in, so it cannot be turned off.</Trans>
        </p>
      ) : (
        <WithProof
          title={t`Turn it off`}
          look="danger"
          act={async (proof) => {
            await disableTotp(proof)
            onOff()
          }}
        >
          <p className="text-muted">
            <Trans>Your password alone will then be enough to sign in.</Trans>
          </p>
        </WithProof>
      )}
    </div>
  )
}
