// The files of a product in their order. Moving shows at once and is taken back when the server says no.
import { useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { ProductFile } from "../../../lib/types"
import { filesQuery, orderFiles } from "../api"
import { FileRow } from "./FileRow"

interface Props {
  productId: string
  files: ProductFile[]
  readOnly: boolean
}

function moved(files: ProductFile[], from: number, to: number): ProductFile[] {
  const next = [...files]
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}

export function FileList({ productId, files, readOnly }: Props): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { queryKey } = filesQuery(productId)
  const [said, setSaid] = useState("")
  const [dragged, setDragged] = useState<number | null>(null)
  const order = useMutation({
    mutationFn: (next: ProductFile[]) =>
      orderFiles(
        productId,
        next.map(({ id }) => id),
      ),
    onMutate: async (next) => {
      await queries.cancelQueries({ queryKey })
      queries.setQueryData(queryKey, next)
    },
    onSuccess: (ordered) => queries.setQueryData(queryKey, ordered),
    onError: () => queries.invalidateQueries({ queryKey }),
  })
  const move = (from: number, to: number): void => {
    const file = files[from]
    if (!file || to < 0 || to >= files.length || from === to) return
    order.mutate(moved(files, from, to))
    const place = to + 1
    const count = files.length
    setSaid(t`${file.title} is now at place ${place} of ${count}.`)
  }
  /** While it is dragged only what is shown changes; where it is let go is what is sent. */
  const over = (index: number): void => {
    if (dragged === null || dragged === index) return
    queries.setQueryData(queryKey, moved(files, dragged, index))
    setDragged(index)
  }
  const drag = (index: number | null): void => {
    setDragged(index)
    if (index === null) order.mutate(files)
  }
  if (files.length === 0) return null
  return (
    <div>
      <ol aria-label={t`Files`} className="divide-y divide-line" onDragOver={(event) => event.preventDefault()}>
        {files.map((file, index) => (
          <FileRow
            key={file.id}
            productId={productId}
            file={file}
            index={index}
            count={files.length}
            readOnly={readOnly}
            isDragged={dragged === index}
            onMove={(to) => move(index, to)}
            onDrag={drag}
            onDragOver={over}
          />
        ))}
      </ol>
      {order.error ? (
        <p role="alert" className="text-danger text-sm">
          {asApiError(order.error).message}
        </p>
      ) : null}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  )
}
