// One file of a product: how it stands, its facts, and what can be done with it.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type DragEvent, type ReactNode, useRef, useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { ProductFile } from "../../../lib/types"
import { AskFirstButton } from "../../../ui/AskFirstButton"
import { Button, IconButton } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { filesQuery, keepFile, ownFileLink, refreshProduct, removeFile, retryFile } from "../api"
import { FileFacts } from "./FileFacts"
import { FileTitleForm } from "./FileTitle"
import { Waveform } from "./Waveform"

interface Props {
  productId: string
  file: ProductFile
  index: number
  count: number
  readOnly: boolean
  isDragged: boolean
  onMove: (to: number) => void
  onDrag: (index: number | null) => void
  onDragOver: (index: number) => void
}

function State({ productId, file, readOnly }: Pick<Props, "productId" | "file" | "readOnly">): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const retry = useMutation({
    mutationFn: () => retryFile(productId, file.id),
    onSuccess: (again) => keepFile(queries, productId, again),
  })
  if (file.status === "processing") {
    return (
      <p className="flex items-center gap-1.5 text-muted text-sm">
        <Icon name="clock" size={16} />
        <Trans>In preparation: the server is looking into it.</Trans>
      </p>
    )
  }
  if (file.status === "ready") return null
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-danger-soft px-3 py-1.5 text-sm">
      <p className="wrap-anywhere flex min-w-0 flex-1 basis-48 items-start gap-1.5">
        <span className="text-danger">
          <Icon name="warning" size={18} />
        </span>
        <span>{file.failure ?? t`This file cannot be used.`}</span>
      </p>
      {readOnly ? null : (
        <Button look="plain" writes busy={retry.isPending} onClick={() => retry.mutate()}>
          <Trans>Try again</Trans>
        </Button>
      )}
      {retry.error ? (
        <p role="alert" className="w-full text-danger">
          {asApiError(retry.error).message}
        </p>
      ) : null}
    </div>
  )
}

function useDownload(productId: string, fileId: string) {
  return useMutation({
    mutationFn: () => ownFileLink(productId, fileId),
    onSuccess: ({ url }) => {
      // Answered as an attachment: the page stays.
      globalThis.location.assign(url)
    },
  })
}

function Tools(props: Props & { onRename: () => void }): ReactNode {
  const { productId, file, index, count, readOnly, onMove, onRename } = props
  const { t } = useLingui()
  const queries = useQueryClient()
  const download = useDownload(productId, file.id)
  const { title } = file
  return (
    <div className="flex flex-wrap items-center max-sm:-ms-3">
      {readOnly ? null : (
        <>
          <IconButton label={t`Move ${title} up`} aria-disabled={index === 0} onClick={() => onMove(index - 1)}>
            <Icon name="up" size={18} />
          </IconButton>
          <IconButton
            label={t`Move ${title} down`}
            aria-disabled={index === count - 1}
            onClick={() => onMove(index + 1)}
          >
            <Icon name="down" size={18} />
          </IconButton>
          <IconButton label={t`Rename ${title}`} onClick={onRename}>
            <Icon name="pen" size={18} />
          </IconButton>
        </>
      )}
      <IconButton label={t`Download ${title}`} onClick={() => download.mutate()}>
        <Icon name="download" size={18} />
      </IconButton>
      {readOnly ? null : (
        <AskFirstButton
          label={<Icon name="bin" size={18} />}
          name={t`Remove ${title}`}
          look="plain"
          className="size-11 px-0! text-muted! hover:text-text!"
          title={t`Remove “${title}”?`}
          description={t`It is taken out of this product. Whoever bought the product before keeps it.`}
          keep={t`Keep it`}
          confirm={t`Remove`}
          done={t`The file was removed.`}
          action={() => removeFile(productId, file.id)}
          onSettled={() => {
            void refreshProduct(queries, productId)
            return queries.invalidateQueries({ queryKey: filesQuery(productId).queryKey })
          }}
        />
      )}
      {download.error ? (
        <p role="alert" className="w-full text-danger text-sm">
          {asApiError(download.error).message}
        </p>
      ) : null}
    </div>
  )
}

export function FileRow(props: Props): ReactNode {
  const { productId, file, index, count, readOnly, isDragged, onDrag, onDragOver } = props
  const row = useRef<HTMLLIElement>(null)
  const [renaming, setRenaming] = useState(false)
  const canDrag = !readOnly && count > 1
  const onDragStart = (event: DragEvent): void => {
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", file.title)
    if (row.current) event.dataTransfer.setDragImage(row.current, 16, 16)
    onDrag(index)
  }
  return (
    <li
      ref={row}
      data-file={file.status}
      onDragEnter={() => onDragOver(index)}
      className={cx("flex gap-2 py-3 transition-opacity duration-150", isDragged && "opacity-40")}
    >
      {canDrag ? (
        // For the mouse only: the buttons do the same for everybody.
        <span
          aria-hidden="true"
          draggable
          onDragStart={onDragStart}
          onDragEnd={() => onDrag(null)}
          className="grid h-11 w-6 shrink-0 cursor-grab place-items-center text-muted max-sm:hidden"
        >
          <Icon name="grip" size={18} />
        </span>
      ) : null}
      <div className="grid min-w-0 flex-1 gap-1">
        {renaming ? (
          <FileTitleForm productId={productId} file={file} onDone={() => setRenaming(false)} />
        ) : (
          <div className="flex flex-wrap items-center justify-between gap-x-3">
            <p className="wrap-anywhere min-w-0 flex-1 basis-48 font-medium" dir="auto">
              <span className="tabular me-2 text-muted">{index + 1}</span>
              {file.title}
            </p>
            <Tools {...props} onRename={() => setRenaming(true)} />
          </div>
        )}
        <div className="flex flex-wrap items-center gap-x-4">
          <FileFacts file={file} />
          {file.peaks ? <Waveform peaks={file.peaks} /> : null}
        </div>
        <State productId={productId} file={file} readOnly={readOnly} />
      </div>
    </li>
  )
}
