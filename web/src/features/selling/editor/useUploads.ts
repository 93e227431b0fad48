// The queue's files of one product, as React sees them. What has arrived moves from the queue to the list of files.
import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useMemo, useSyncExternalStore } from "react"
import { keepFile, refreshProduct } from "../api"
import type { Upload, UploadQueue } from "../uploads"

export function useUploads(queue: UploadQueue, productId: string | null): Upload[] {
  const queries = useQueryClient()
  const all = useSyncExternalStore(queue.subscribe, queue.get)
  const own = useMemo(() => all.filter((upload) => upload.productId === productId), [all, productId])
  useEffect(() => {
    for (const { id, file, wasThere } of own) {
      if (!(file && productId)) continue
      keepFile(queries, productId, file)
      // What was there already stays on the list until it is put away: else nothing would seem to have happened.
      if (!wasThere) queue.remove(id)
      void refreshProduct(queries, productId)
    }
  }, [own, productId, queue, queries])
  return own
}
