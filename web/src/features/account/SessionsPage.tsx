// Where this account is signed in, and how to end each of those sessions.
import { Trans, useLingui } from "@lingui/react/macro"
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { api, unwrap } from "../../lib/api"
import { asApiError } from "../../lib/errors"
import { absoluteTime, relativeTime } from "../../lib/format"
import type { Session } from "../../lib/types"
import { useNow } from "../../lib/useBrowser"
import { Button } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { toast } from "../../ui/toasts"
import { deviceName } from "./deviceName"
import { SettingsFrame } from "./SettingsFrame"

const sessionsQuery = queryOptions({
  queryKey: ["account", "sessions"],
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/auth/sessions", { signal }))).sessions,
})

function useRevoke() {
  const client = useQueryClient()
  const { t } = useLingui()
  return useMutation({
    mutationFn: (session_id: string) =>
      unwrap(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id } } })),
    onSuccess: () => toast(t`That session was ended.`),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
}

function Row({ session }: { session: Session }): ReactNode {
  const { t } = useLingui()
  const now_ms = useNow(30_000)
  const revoke = useRevoke()
  const device = deviceName(session.user_agent) ?? t`Unknown device`
  return (
    <li className="flex flex-wrap items-center gap-4 py-4">
      <span className="grid size-11 place-items-center rounded-full bg-quiet text-muted">
        <Icon name="laptop" />
      </span>
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-semibold">{device}</p>
        <p className="text-muted text-sm">
          <Trans>
            Last used{" "}
            <time dateTime={session.last_used_at} title={absoluteTime(session.last_used_at)}>
              {relativeTime(session.last_used_at, now_ms)}
            </time>
          </Trans>
          {" · "}
          <Trans>since {absoluteTime(session.created_at)}</Trans>
          {session.network ? (
            <>
              {" · "}
              <span className="tabular whitespace-nowrap">{session.network}</span>
            </>
          ) : null}
        </p>
        {revoke.error ? (
          <p role="alert" className="text-danger text-sm">
            {asApiError(revoke.error).message}
          </p>
        ) : null}
      </div>
      {session.current ? (
        <span className="rounded-full bg-accent-soft px-3 py-1 font-semibold text-accent text-sm">
          <Trans>This device</Trans>
        </span>
      ) : (
        <Button
          look="quiet"
          writes
          busy={revoke.isPending}
          onClick={() => revoke.mutate(session.id)}
          aria-label={t`Sign out ${device}`}
        >
          <Trans>Sign out</Trans>
        </Button>
      )}
    </li>
  )
}

function List(): ReactNode {
  const { t } = useLingui()
  const sessions = useQuery(sessionsQuery)
  if (sessions.isPending) {
    return (
      <Loading className="grid gap-4">
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </Loading>
    )
  }
  if (sessions.isError) {
    return (
      <ErrorState
        error={sessions.error}
        title={t`Your sessions could not be read`}
        onRetry={() => void sessions.refetch()}
      />
    )
  }
  if (sessions.data.length === 0) {
    return <EmptyState icon="laptop" title={t`No open sessions`} />
  }
  return (
    <ul className="divide-y divide-line">
      {sessions.data.map((entry) => (
        <Row key={entry.id} session={entry} />
      ))}
    </ul>
  )
}

export function SessionsPage(): ReactNode {
  const { t } = useLingui()
  return (
    <SettingsFrame title={t`Sessions`} lead={t`Everywhere you are signed in. End what you do not recognise.`}>
      <List />
    </SettingsFrame>
  )
}
