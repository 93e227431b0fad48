// What one wants to be told by mail. Saved at once; the box shows the server's word.
import { useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import { useOnline } from "../../lib/useBrowser"
import { useSession } from "../../lib/useSession"
import { CheckField } from "../../ui/Field"
import { ErrorState, Loading, Notice, Skeleton } from "../../ui/states"
import { notificationsQuery, saveNotifications } from "./api"
import { Card, SettingsFrame } from "./SettingsFrame"
import type { Notifications } from "./types"

function Choices({ chosen }: { chosen: Notifications }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { user } = useSession()
  const isOnline = useOnline()
  const save = useMutation({
    mutationFn: saveNotifications,
    onSuccess: (saved) => queries.setQueryData(notificationsQuery.queryKey, saved),
  })
  const shown = save.isPending ? save.variables : chosen
  return (
    <Card title={t`By e-mail`}>
      {user && !user.email_verified ? (
        <Notice tone="warn">{t`Such mail goes to confirmed addresses only. Yours is not confirmed yet.`}</Notice>
      ) : null}
      <CheckField
        label={t`Somebody I follow goes live`}
        help={t`At most one mail an hour about one person. Each has a link that turns this off.`}
        checked={shown.stream_live}
        disabled={!isOnline}
        onChange={({ target }) => {
          if (!save.isPending) save.mutate({ stream_live: target.checked })
        }}
      />
      <p role="status" className="min-h-6 text-muted text-sm">
        {save.isPending ? t`Saving…` : save.isSuccess ? t`Saved` : ""}
      </p>
      {save.error ? (
        <p role="alert" className="text-danger">
          {asApiError(save.error).message}
        </p>
      ) : null}
    </Card>
  )
}

export function NotificationsPage(): ReactNode {
  const { t } = useLingui()
  const found = useQuery(notificationsQuery)
  return (
    <SettingsFrame
      title={t`Notifications`}
      lead={t`Mail about your orders, sales and account always comes. The rest is your choice.`}
    >
      {found.data ? (
        <Choices chosen={found.data} />
      ) : found.isError ? (
        <ErrorState
          error={found.error}
          title={t`Your choices could not be read`}
          onRetry={() => void found.refetch()}
        />
      ) : (
        <Loading>
          <Skeleton className="h-40 max-w-2xl rounded-2xl" />
        </Loading>
      )}
    </SettingsFrame>
  )
}
