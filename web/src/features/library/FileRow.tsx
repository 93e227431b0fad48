// One file of something owned: what it is, and a button that fetches it. The browser's own download takes over from there.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import { clockTime, fileSize } from "../../lib/format"
import { followDownload } from "../../lib/saveFile"
import type { LibraryItem } from "../../lib/types"
import { Button } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { downloadLink } from "./api"

type OwnedFile = LibraryItem["files"][number]

function useTrouble(error: unknown): string {
  const { t } = useLingui()
  if (!error) return ""
  const { status, code, message } = asApiError(error)
  if (status === 0) return t`The server could not be reached. Check your connection.`
  if (status === 404)
    return t`This file is no longer there. Its seller may have taken it away, or it is no longer yours.`
  if (code === "download_suspended")
    return t`Its money may be on its way back to you. It cannot be downloaded until that is decided.`
  if (status === 410) return t`The link ran out before the download began. Try again.`
  return message
}

export function FileRow({ itemId, file }: { itemId: string; file: OwnedFile }): ReactNode {
  const { t } = useLingui()
  const fetchFile = useMutation({
    mutationFn: () => downloadLink(itemId, file.id),
    onSuccess: (url) => followDownload(url),
  })
  const trouble = useTrouble(fetchFile.error)
  const facts = [
    file.format.toUpperCase(),
    fileSize(file.size_bytes),
    file.duration_seconds === null ? "" : clockTime(file.duration_seconds),
  ]
  return (
    <li className="grid gap-1 py-2">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="wrap-anywhere" dir="auto">
            {file.title}
          </p>
          <p className="tabular text-muted text-sm">{facts.filter(Boolean).join(" · ")}</p>
        </div>
        <Button
          look="quiet"
          busy={fetchFile.isPending}
          aria-label={t`Download ${file.title}`}
          onClick={() => fetchFile.mutate()}
        >
          <Icon name="download" size={18} />
          <span className="max-sm:sr-only">
            <Trans>Download</Trans>
          </span>
        </Button>
      </div>
      {trouble ? (
        <p role="alert" className="text-danger text-sm">
          {trouble}
        </p>
      ) : null}
    </li>
  )
}
