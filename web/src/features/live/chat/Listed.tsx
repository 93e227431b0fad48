// A list in the chat's dialog in each of its states: loading, failed, empty, filled.
import type { UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { ErrorState, Loading, Skeleton } from "../../../ui/states"

interface Props<Data> {
  query: UseQueryResult<Data>
  /** What it says on failure. */
  trouble: string
  /** What it says when there is nothing. */
  none: string
  rows: (data: Data) => ReactNode[]
}

export function Listed<Data>({ query, trouble, none, rows }: Props<Data>): ReactNode {
  if (query.isPending) {
    return (
      <Loading className="grid gap-3">
        {["w-1/2", "w-2/3", "w-1/3"].map((width) => (
          <Skeleton key={width} className={`h-6 ${width}`} />
        ))}
      </Loading>
    )
  }
  if (query.isError) return <ErrorState error={query.error} title={trouble} onRetry={() => void query.refetch()} />
  const shown = rows(query.data)
  if (shown.length === 0) return <p className="py-6 text-center text-muted">{none}</p>
  return <ul className="divide-y divide-line">{shown}</ul>
}
