// A file on its way: how far, how long still, what went wrong and what can be done about it.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { useNow } from "../../../lib/useBrowser"
import { Button, IconButton } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import { Progress } from "../../../ui/Progress"
import { isUnderWay, type Upload, type UploadQueue } from "../uploads"
import { useUploadWords } from "../useUploadWords"

interface Props {
  upload: Upload
  queue: UploadQueue
  most_bytes: number
}

export function UploadRow({ upload, queue, most_bytes }: Props): ReactNode {
  const { t } = useLingui()
  const words = useUploadWords()
  const now_ms = useNow(1000, upload.state === "paused")
  const { id, name, state, failure, sent_bytes, size_bytes } = upload
  const busy = isUnderWay(state)
  return (
    <li className="grid gap-1.5 py-3" data-upload={state}>
      <div className="flex min-h-11 items-center gap-2">
        <span className={failure ? "text-danger" : "text-muted"}>
          <Icon name={failure ? "warning" : state === "paused" ? "clock" : busy ? "upload" : "tick"} />
        </span>
        <p className="min-w-0 flex-1 truncate font-medium" dir="auto">
          {name}
        </p>
        <IconButton
          label={busy ? t`Cancel sending ${name}` : t`Take ${name} off the list`}
          onClick={() => queue.remove(id)}
        >
          <Icon name="close" size={18} />
        </IconButton>
      </div>
      {busy ? <Progress label={t`Sending ${name}`} value={sent_bytes / size_bytes} /> : null}
      {failure ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p role="alert" className="wrap-anywhere min-w-0 flex-1 basis-56 text-danger text-sm">
            {words.failure(failure, most_bytes)}
            {failure.requestId && failure.status >= 500 ? (
              <span className="block text-muted text-xs">
                <Trans>Request</Trans> <code className="font-mono">{failure.requestId}</code>
              </span>
            ) : null}
          </p>
          {queue.canRetry(id) ? (
            <Button look="quiet" writes onClick={() => queue.retry(id)} aria-label={t`Send again: ${name}`}>
              <Trans>Send again</Trans>
            </Button>
          ) : null}
        </div>
      ) : (
        <p className="tabular text-muted text-sm">
          {upload.wasThere ? t`This file is already here; nothing was added.` : words.progress(upload, now_ms)}
        </p>
      )}
    </li>
  )
}
