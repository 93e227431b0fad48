// One MP4 of a recording: asked for, waited for, fetched. The browser's own download takes over from there.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import { followDownload } from "../../../lib/saveFile"
import type { Recording } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import { makeMp4, mp4Link, recordingsQuery } from "./api"

export function Mp4Button({ recording }: { recording: Recording }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { id, title, mp4_status } = recording
  const make = useMutation({
    mutationFn: () => makeMp4(id),
    onSettled: () => queries.invalidateQueries({ queryKey: recordingsQuery(recording.stream_id).queryKey }),
  })
  const fetchFile = useMutation({ mutationFn: () => mp4Link(id), onSuccess: (url) => followDownload(url) })
  const error = make.error ?? fetchFile.error
  const trouble = error
    ? asApiError(error).message
    : mp4_status === "failed"
      ? t`The MP4 could not be made. Try again later.`
      : ""
  return (
    <div className="grid justify-items-end gap-1">
      {mp4_status === "ready" ? (
        <Button
          look="plain"
          busy={fetchFile.isPending}
          aria-label={t`Download MP4 of ${title}`}
          onClick={() => fetchFile.mutate()}
        >
          <Icon name="download" size={18} />
          <Trans>Download MP4</Trans>
        </Button>
      ) : (
        <Button
          look="plain"
          writes
          busy={make.isPending}
          aria-disabled={mp4_status === "making"}
          aria-label={mp4_status === "making" ? t`Making MP4… ${title}` : t`Make MP4 of ${title}`}
          onClick={() => mp4_status === "making" || make.mutate()}
        >
          {mp4_status === "making" ? <Trans>Making MP4…</Trans> : <Trans>Make MP4</Trans>}
        </Button>
      )}
      {trouble ? (
        <p role="alert" className="text-danger text-sm">
          {trouble}
        </p>
      ) : null}
    </div>
  )
}
