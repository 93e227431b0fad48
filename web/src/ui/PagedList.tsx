// A list that comes page by page, in all its states: on its way, failed, empty, there, and more of it.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { cx } from "./classes"
import { More } from "./More"
import { ErrorState, Loading, Skeleton } from "./states"

interface List<Page> {
  data: { pages: Page[] } | undefined
  isError: boolean
  isPlaceholderData: boolean
  isFetchNextPageError: boolean
  hasNextPage: boolean
  isFetchingNextPage: boolean
  error: unknown
  refetch: () => unknown
  fetchNextPage: () => unknown
}

interface Props<Page, Row> {
  list: List<Page>
  rowsOf: (page: Page) => Row[]
  /** Says what could not be read. */
  failure: string
  empty: ReactNode
  /** "3 orders" */
  count: (total: number) => ReactNode
  /** Beside the count. */
  aside?: ReactNode
  children: (rows: Row[]) => ReactNode
}

export function PagedList<Page extends { total: number }, Row>(props: Props<Page, Row>): ReactNode {
  const { list, rowsOf, failure, empty, count, aside, children } = props
  const pages = list.data?.pages ?? []
  const [first] = pages
  if (!first) {
    if (list.isError) return <ErrorState error={list.error} title={failure} onRetry={() => void list.refetch()} />
    return (
      <Loading className="grid gap-3">
        {["a", "b", "c", "d"].map((key) => (
          <Skeleton key={key} className="h-14 max-lg:h-36 max-lg:rounded-2xl!" />
        ))}
      </Loading>
    )
  }
  const rows = pages.flatMap(rowsOf)
  if (rows.length === 0) return empty
  return (
    <div className={cx("grid gap-4 transition-opacity duration-150", list.isPlaceholderData && "opacity-60")}>
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-3">
        <p role="status" className="tabular text-muted text-sm">
          {count(first.total)}
        </p>
        {aside}
      </div>
      {children(rows)}
      <More list={list} className="min-w-40 justify-self-center">
        <Trans>Load more</Trans>
      </More>
    </div>
  )
}
