// What buyers get: files are dropped or chosen here, watched on their way, named and put in order.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { asApiError } from "../../../lib/errors"
import { fileSize } from "../../../lib/format"
import type { ProductFile } from "../../../lib/types"
import { DropZone } from "../../../ui/DropZone"
import { Icon } from "../../../ui/icons"
import { ErrorState, Loading, Skeleton } from "../../../ui/states"
import { filesQuery, type ProductType } from "../api"
import type { Upload, UploadQueue } from "../uploads"
import { FileList } from "./FileList"
import { Section } from "./Section"
import { UploadRow } from "./UploadRow"
import type { Editor } from "./useEditor"

interface Props {
  editor: Editor
  type: ProductType
  queue: UploadQueue
  uploads: Upload[]
  most_bytes: number
  readOnly: boolean
}

const NONE: ProductFile[] = []

/** What a type of product takes. The server looks at the content; these are only the right words beforehand. */
function useTaken(type: ProductType): string {
  const { t } = useLingui()
  if (type === "track" || type === "album") return t`WAV, FLAC, AIFF, MP3, AAC or Ogg; a PDF may go with them.`
  if (type === "preset") return t`Presets of your synthesizer, a ZIP archive, audio, MIDI or PDF.`
  return t`Audio, a ZIP archive, MIDI or PDF.`
}

export function useFiles(id: string | null) {
  return useQuery({ ...filesQuery(id ?? ""), enabled: id !== null })
}

export function FilesSection({ editor, type, queue, uploads, most_bytes, readOnly }: Props): ReactNode {
  const { t } = useLingui()
  const taken = useTaken(type)
  const files = useFiles(editor.id)
  const [failure, setFailure] = useState<unknown>(null)
  const most = fileSize(most_bytes)
  const add = async (chosen: File[]): Promise<void> => {
    setFailure(null)
    try {
      queue.add(await editor.ensure(chosen[0]?.name ?? ""), chosen, most_bytes)
    } catch (cause) {
      setFailure(cause)
    }
  }
  return (
    <Section title={t`Files`} lead={t`What buyers download. They listen to a short preview before.`}>
      {readOnly ? null : (
        <DropZone label={t`Choose or drop files`} multiple onFiles={(chosen) => void add(chosen)}>
          <Icon name="upload" size={28} />
          <span className="font-semibold">
            <Trans>Choose or drop files</Trans>
          </span>
          <span className="text-muted text-sm">{taken}</span>
          <span className="text-muted text-sm">
            <Trans>Up to {most} each.</Trans>
          </span>
        </DropZone>
      )}
      {failure ? (
        <p role="alert" className="text-danger text-sm">
          {asApiError(failure).message}
        </p>
      ) : null}
      {editor.id && files.isPending ? (
        <Loading className="grid gap-3">
          <Skeleton className="h-14" />
          <Skeleton className="h-14" />
        </Loading>
      ) : files.isError ? (
        <ErrorState error={files.error} title={t`The files could not be read`} onRetry={() => void files.refetch()} />
      ) : editor.id ? (
        <FileList productId={editor.id} files={files.data ?? NONE} readOnly={readOnly} />
      ) : null}
      {uploads.length > 0 ? (
        <ul aria-label={t`On their way`} className="divide-y divide-line">
          {uploads.map((upload) => (
            <UploadRow key={upload.id} upload={upload} queue={queue} most_bytes={most_bytes} />
          ))}
        </ul>
      ) : null}
    </Section>
  )
}
