// What a file is called, changed in place: Enter keeps it, Escape leaves it as it was.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type KeyboardEvent, type ReactNode, useId, useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { ProductFile } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { BOX } from "../../../ui/Field"
import { keepFile, renameFile } from "../api"

const TITLE_MOST = 200

interface Props {
  productId: string
  file: ProductFile
  onDone: () => void
}

export function FileTitleForm({ productId, file, onDone }: Props): ReactNode {
  const { t } = useLingui()
  const id = useId()
  const queries = useQueryClient()
  const [title, setTitle] = useState(file.title)
  const rename = useMutation({
    mutationFn: () => renameFile(productId, file.id, title.trim()),
    onSuccess: (renamed) => {
      keepFile(queries, productId, renamed)
      onDone()
    },
  })
  const save = (): void => {
    if (title.trim() === file.title) onDone()
    else if (title.trim() !== "") rename.mutate()
  }
  // It stands inside the form of the product, where Enter would save that.
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") {
      event.preventDefault()
      save()
    } else if (event.key === "Escape") onDone()
  }
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap gap-2">
        <input
          // biome-ignore lint/a11y/noAutofocus: it stands where the button was that opened it
          autoFocus
          aria-label={t`Title of ${file.title}`}
          aria-invalid={rename.isError || undefined}
          aria-describedby={rename.isError ? `${id}-error` : undefined}
          value={title}
          maxLength={TITLE_MOST}
          autoComplete="off"
          className={`${BOX} min-w-0 flex-1 basis-48`}
          onChange={({ target }) => setTitle(target.value)}
          onKeyDown={onKey}
        />
        <Button look="quiet" writes busy={rename.isPending} aria-disabled={title.trim() === ""} onClick={save}>
          <Trans>Save</Trans>
        </Button>
        <Button look="plain" onClick={onDone}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
      {rename.error ? (
        <p id={`${id}-error`} role="alert" className="text-danger text-sm">
          {asApiError(rename.error).fields[0]?.message ?? asApiError(rename.error).message}
        </p>
      ) : null}
    </div>
  )
}
