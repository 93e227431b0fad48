// Two-step log-in: how it stands, turned on or off, its recovery codes.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { ErrorState, Loading, Notice, Skeleton } from "../../../ui/states"
import { toast } from "../../../ui/toasts"
import { totpQuery } from "../api"
import { SettingsFrame } from "../SettingsFrame"
import { RecoveryCodes } from "./RecoveryCodes"
import { TurnedOn } from "./TurnedOn"
import { TurnOn } from "./TurnOn"

function Content(): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const totp = useQuery(totpQuery)
  const [codes, setCodes] = useState<readonly string[]>()
  const again = (): void => void queries.invalidateQueries({ queryKey: totpQuery.queryKey })
  const keep = (made: string[]): void => {
    setCodes(made)
    again()
  }
  if (codes) return <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />
  if (totp.data?.enabled) {
    const off = (): void => {
      toast(t`Two-step log-in is off.`)
      again()
    }
    return <TurnedOn totp={totp.data} onCodes={keep} onOff={off} />
  }
  if (totp.data) {
    return (
      <div className="grid gap-6">
        {totp.data.required ? (
          <div className="max-w-2xl">
            <Notice tone="warn">
              <Trans>The staff of this site need two-step log-in. Your rights wait until you have turned it on.</Trans>
            </Notice>
          </div>
        ) : null}
        <TurnOn onCodes={keep} />
      </div>
    )
  }
  if (totp.isError) {
    return <ErrorState error={totp.error} title={t`This could not be read`} onRetry={() => void totp.refetch()} />
  }
  return (
    <Loading>
      <Skeleton className="h-64 max-w-2xl rounded-2xl" />
    </Loading>
  )
}

export function TwoStepPage(): ReactNode {
  const { t } = useLingui()
  return (
    <SettingsFrame title={t`Two-step log-in`} lead={t`Who knows your password alone does not get in.`}>
      <Content />
    </SettingsFrame>
  )
}
