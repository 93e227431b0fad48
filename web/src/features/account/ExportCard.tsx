// A copy of all that is known of oneself: asked for, made by the server in its own time, fetched by a link.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import { fileSize } from "../../lib/format"
import { followDownload } from "../../lib/saveFile"
import { Button } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { ErrorState, Loading, Notice, Skeleton } from "../../ui/states"
import { Time } from "../../ui/Time"
import { askForExport, exportLink, exportQuery } from "./api"
import { Card } from "./SettingsFrame"
import type { Export } from "./types"

function useTrouble(error: unknown): string {
  const { t } = useLingui()
  if (!error) return ""
  const { status, code, message } = asApiError(error)
  if (code === "export_in_progress") return t`A copy is being made already. It will be offered here.`
  if (status === 404) return t`This copy is no longer kept. Ask for a new one.`
  return message
}

function Standing({ copy }: { copy: Export }): ReactNode {
  const { created_at, expires_at, size_bytes } = copy
  const size = size_bytes === null ? "" : fileSize(size_bytes)
  switch (copy.status) {
    case "pending":
      return (
        <Notice>
          <Trans>Your copy is being made. This can take some minutes; you may leave and come back.</Trans>
        </Notice>
      )
    case "ready":
      return (
        <p>
          <Trans>
            Your copy of <Time at={created_at} /> is ready: {size}.
          </Trans>{" "}
          {expires_at ? (
            <Trans>
              It is kept until <Time at={expires_at} />.
            </Trans>
          ) : null}
        </p>
      )
    case "failed":
      return (
        <Notice tone="danger">
          <Trans>Your copy could not be made. Ask for it again.</Trans>
        </Notice>
      )
    case "expired":
      return (
        <p className="text-muted">
          <Trans>
            Your copy of <Time at={created_at} /> is no longer kept.
          </Trans>
        </p>
      )
  }
}

function Copy({ copy }: { copy: Export | null }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const ask = useMutation({
    mutationFn: askForExport,
    onSuccess: (made) => queries.setQueryData(exportQuery.queryKey, made),
    onError: () => queries.invalidateQueries({ queryKey: exportQuery.queryKey }),
  })
  const fetchCopy = useMutation({
    mutationFn: exportLink,
    onSuccess: (url) => followDownload(url),
    onError: () => queries.invalidateQueries({ queryKey: exportQuery.queryKey }),
  })
  const trouble = useTrouble(fetchCopy.error ?? ask.error)
  const isReady = copy?.status === "ready"
  return (
    <>
      <div role="status" className="empty:absolute" data-export={copy?.status ?? "none"}>
        {copy ? <Standing copy={copy} /> : null}
      </div>
      {trouble ? (
        <p role="alert" className="text-danger">
          {trouble}
        </p>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {isReady ? (
          <Button busy={fetchCopy.isPending} onClick={() => fetchCopy.mutate()}>
            <Icon name="download" size={18} />
            <Trans>Download</Trans>
          </Button>
        ) : null}
        <Button
          look={isReady ? "quiet" : "primary"}
          writes
          busy={ask.isPending}
          aria-disabled={copy?.status === "pending"}
          onClick={() => {
            fetchCopy.reset()
            ask.mutate()
          }}
        >
          {copy ? t`Ask for a new copy` : t`Ask for a copy`}
        </Button>
      </div>
    </>
  )
}

export function ExportCard(): ReactNode {
  const { t } = useLingui()
  const found = useQuery(exportQuery)
  return (
    <Card title={t`A copy of your data`}>
      <p className="text-muted">
        <Trans>
          What this site knows of you, and what you wrote here, as files in one archive. Of music and pictures that you
          sent or bought it holds the addresses.
        </Trans>
      </p>
      {found.data !== undefined ? (
        <Copy copy={found.data} />
      ) : found.isError ? (
        <ErrorState error={found.error} title={t`This could not be read`} onRetry={() => void found.refetch()} />
      ) : (
        <Loading>
          <Skeleton className="h-11 w-48" />
        </Loading>
      )}
    </Card>
  )
}
