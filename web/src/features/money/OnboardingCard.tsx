// The seller's account at the payout provider: none yet, looked at, held up, or ready; and the way there.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import type { Leave } from "../../lib/leave"
import { Badge, type BadgeWords, badgeWords } from "../../ui/Badge"
import { Button } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { ErrorState, Loading, Skeleton } from "../../ui/states"
import { connectionQuery, onboard } from "./api"
import type { Connection } from "./types"
import { useReasonWords } from "./useReasonWords"

/** Goes to the provider with a fresh address. The button stays busy until the browser has left. */
function OnboardButton({
  look,
  leave,
  children,
}: {
  look: "primary" | "quiet"
  leave: Leave
  children: ReactNode
}): ReactNode {
  const { t } = useLingui()
  const go = useMutation({ mutationFn: onboard, onSuccess: (url) => leave(url), gcTime: 0 })
  const refused = go.error ? asApiError(go.error) : null
  return (
    <div className="grid gap-2 justify-self-start">
      <Button look={look} writes busy={go.isPending || go.isSuccess} onClick={() => go.mutate()}>
        {children}
        <Icon name="arrow" size={18} />
      </Button>
      {refused ? (
        <p role="alert" className="text-danger text-sm">
          {refused.code === "payouts_disabled"
            ? t`This server does not pay out yet. What you earn is kept for you.`
            : refused.message}
        </p>
      ) : null}
    </div>
  )
}

function useStates(): Record<string, BadgeWords> {
  const { t } = useLingui()
  return {
    none: { name: t`Not connected yet`, icon: "circle", tone: "muted" },
    pending: { name: t`Being checked`, icon: "clock", tone: "plain" },
    active: { name: t`Connected`, icon: "tick", tone: "good" },
    restricted: { name: t`Needs something from you`, icon: "warning", tone: "warn" },
  }
}

function Steps(): ReactNode {
  const { t } = useLingui()
  const steps = [
    t`Tell the payout provider who you are and where your bank is.`,
    t`They check it, often within minutes.`,
    t`What you have earned is sent to you, and every sale from then on.`,
  ]
  return (
    <ol className="grid gap-2">
      {steps.map((step, index) => (
        <li key={step} className="flex gap-3">
          <span
            aria-hidden="true"
            className="tabular grid size-6 shrink-0 place-items-center rounded-full bg-quiet font-semibold text-sm"
          >
            {index + 1}
          </span>
          {step}
        </li>
      ))}
    </ol>
  )
}

function Missing({ connection }: { connection: Connection }): ReactNode {
  const reason = useReasonWords(connection.disabled_reason)
  return (
    <ul className="grid gap-1">
      <li>{reason}</li>
      {connection.requirements_due > 0 ? (
        <li className="tabular font-semibold">
          <Plural value={connection.requirements_due} one="# detail is missing." other="# details are missing." />
        </li>
      ) : null}
    </ul>
  )
}

function Standing({ connection, leave }: { connection: Connection; leave: Leave }): ReactNode {
  const state = badgeWords(useStates(), connection.onboarding)
  const badge = (
    <div>
      <Badge icon={state.icon} tone={state.tone}>
        {state.name}
      </Badge>
    </div>
  )
  if (connection.onboarding === "none") {
    return (
      <>
        {badge}
        <Steps />
        <OnboardButton look="primary" leave={leave}>
          <Trans>Get paid</Trans>
        </OnboardButton>
      </>
    )
  }
  if (connection.onboarding === "restricted") {
    return (
      <>
        {badge}
        <Missing connection={connection} />
        <OnboardButton look="primary" leave={leave}>
          <Trans>Go to the provider</Trans>
        </OnboardButton>
      </>
    )
  }
  return (
    <>
      {badge}
      <p className="text-muted">
        {connection.onboarding === "active" ? (
          <Trans>Your share of every sale is sent to your account as soon as it is paid.</Trans>
        ) : (
          <Trans>The provider looks at what you filled in. This page asks again by itself.</Trans>
        )}
      </p>
      <OnboardButton look="quiet" leave={leave}>
        {connection.onboarding === "active" ? <Trans>Change my details</Trans> : <Trans>Go on filling in</Trans>}
      </OnboardButton>
    </>
  )
}

export function OnboardingCard({ leave }: { leave: Leave }): ReactNode {
  const { t } = useLingui()
  const connection = useQuery(connectionQuery)
  return (
    <section
      aria-label={t`Payout account`}
      className="grid content-start gap-4 rounded-2xl bg-surface p-6 ring-1 ring-line"
    >
      <h2 className="font-semibold text-lg">
        <Trans>Payout account</Trans>
      </h2>
      {connection.data ? (
        <Standing connection={connection.data} leave={leave} />
      ) : connection.isError ? (
        <ErrorState
          error={connection.error}
          title={t`Your payout account could not be read`}
          onRetry={() => void connection.refetch()}
        />
      ) : (
        <Loading className="grid gap-3">
          <Skeleton className="h-6 w-32" />
          <Skeleton className="h-20" />
        </Loading>
      )}
    </section>
  )
}
