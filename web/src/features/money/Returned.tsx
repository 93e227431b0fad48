// Coming back from the payout provider: asks how it ended and says so, or goes there anew when the link had run out.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useEffect, useRef } from "react"
import type { Leave } from "../../lib/leave"
import { ErrorState, Notice } from "../../ui/states"
import { balanceQuery, connectionQuery, onboard, returnedQuery } from "./api"

interface Outcome {
  tone: "info" | "warn"
  words: string
}

function useOutcome(onboarding: string | undefined): Outcome | undefined {
  const { t } = useLingui()
  const pending: Outcome = {
    tone: "info",
    words: t`All is filled in. The provider still checks it; this page says when it is done.`,
  }
  const outcomes: Record<string, Outcome> = {
    active: { tone: "info", words: t`You are connected. What was waiting is sent to you now.` },
    pending: {
      tone: "info",
      words: t`All is filled in. The provider still checks it; this page says when it is done.`,
    },
    restricted: { tone: "warn", words: t`The provider needs something more from you. What it is stands below.` },
    none: { tone: "warn", words: t`Nothing was finished there. Go on whenever you want.` },
  }
  return onboarding === undefined ? undefined : (outcomes[onboarding] ?? pending)
}

export function CameBack(): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const returned = useQuery(returnedQuery)
  const { data } = returned
  const outcome = useOutcome(data?.onboarding)
  useEffect(() => {
    if (!data) return
    const { queryKey } = connectionQuery
    // What was asked of our own server before the provider was asked must not be shown after it.
    void queries.cancelQueries({ queryKey }).then(() => queries.setQueryData(queryKey, data))
    void queries.invalidateQueries({ queryKey: balanceQuery.queryKey })
  }, [data, queries])
  if (returned.isError) {
    return (
      <ErrorState
        error={returned.error}
        title={t`The provider could not be asked how it ended`}
        onRetry={() => void returned.refetch()}
      />
    )
  }
  return (
    <div role="status">
      <Notice tone={outcome?.tone ?? "info"}>
        {outcome?.words ?? <Trans>Asking the provider how it ended…</Trans>}
      </Notice>
    </div>
  )
}

/** The link that led to the provider works once and not for long. */
export function LinkRanOut({ leave }: { leave: Leave }): ReactNode {
  const { t } = useLingui()
  const { mutate, error } = useMutation({ mutationFn: onboard, onSuccess: (url) => leave(url), gcTime: 0 })
  const begun = useRef(false)
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    mutate()
  }, [mutate])
  if (error) return <ErrorState error={error} title={t`The provider could not be reached`} onRetry={() => mutate()} />
  return (
    <div role="status">
      <Notice>
        <Trans>That link had run out. Taking you back to the provider with a new one…</Trans>
      </Notice>
    </div>
  )
}
