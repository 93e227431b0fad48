// Fetches an invoice or a credit note. One that is being made just now is waited for, and comes by itself.
import { Trans } from "@lingui/react/macro"
import { useMutation } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import { saveFile } from "../../../lib/saveFile"
import { Button } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import { usePaperTrouble } from "./usePaperTrouble"

interface Props {
  /** What the button says to who does not see what it stands beside; begins with what it shows. */
  name: string
  fileName: string
  fetchPaper: () => Promise<Blob>
  /** How often what is being made is asked for before it is said that it takes too long. */
  tries?: number
}

const SECOND_MS = 1000

export function PaperButton({ name, fileName, fetchPaper, tries = 60 }: Props): ReactNode {
  const paper = useMutation({
    mutationFn: fetchPaper,
    retry: (failures, cause) => failures < tries && asApiError(cause).code === "document_pending",
    retryDelay: (_, cause) => (asApiError(cause).retryAfterS ?? 1) * SECOND_MS,
    onSuccess: (file) => saveFile(file, fileName),
  })
  const trouble = usePaperTrouble(paper.error)
  const isBeingMade = paper.isPending && paper.failureCount > 0
  return (
    <div className="grid justify-items-start gap-1">
      <Button look="quiet" busy={paper.isPending} aria-label={name} onClick={() => paper.mutate()}>
        <Icon name="download" size={18} />
        <Trans>Download</Trans>
      </Button>
      <p role="status" className="text-muted text-sm empty:absolute">
        {isBeingMade ? <Trans>It is being made. The download begins by itself.</Trans> : null}
      </p>
      {trouble ? (
        <p role="alert" className="text-danger text-sm">
          {trouble}
        </p>
      ) : null}
    </div>
  )
}
