// Bans and time-outs in force, and the button that ends one.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import { absoluteTime } from "../../../lib/format"
import type { Sanction } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { bansQuery, endTimeOut, unban } from "./api"
import { Listed } from "./Listed"

export function BanList({ streamId }: { streamId: string }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const bans = useQuery(bansQuery(streamId))
  const lift = useMutation({
    mutationFn: ({ user, kind }: Sanction) => (kind === "ban" ? unban : endTimeOut)(streamId, user.id),
    onSettled: () => queries.invalidateQueries({ queryKey: ["chat", streamId] }),
  })
  return (
    <div className="grid gap-2">
      {lift.error ? (
        <p role="alert" className="text-danger">
          {asApiError(lift.error).message}
        </p>
      ) : null}
      <Listed
        query={bans}
        trouble={t`The bans could not be read`}
        none={t`Nobody is banned or timed out.`}
        rows={(data) =>
          data.bans.map((sanction) => {
            const { user, kind, until, created_at } = sanction
            const { username } = user
            return (
              <li key={`${kind}-${user.id}`} className="flex min-h-14 items-center justify-between gap-3 py-1.5">
                <span className="min-w-0">
                  <bdi className="block truncate font-semibold">{username}</bdi>
                  <span className="block text-muted text-sm">
                    {kind === "timeout" && until ? (
                      <Trans>Timed out until {absoluteTime(until)}</Trans>
                    ) : (
                      <Trans>Banned on {absoluteTime(created_at)}</Trans>
                    )}
                  </span>
                </span>
                <Button
                  className="shrink-0 whitespace-nowrap"
                  look="quiet"
                  writes
                  onClick={() => lift.mutate(sanction)}
                >
                  {kind === "ban" ? <Trans>Lift ban</Trans> : <Trans>End time-out</Trans>}
                  <span className="sr-only">{username}</span>
                </Button>
              </li>
            )
          })
        }
      />
    </div>
  )
}
