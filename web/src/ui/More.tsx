// The end of a list that goes on: a button for the next page, or why it did not come. Nothing once all is there.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Button } from "./Button"
import { ErrorState } from "./states"

interface Pages {
  isFetchNextPageError: boolean
  hasNextPage: boolean
  isFetchingNextPage: boolean
  error: unknown
  fetchNextPage: () => unknown
}

interface Props {
  list: Pages
  className?: string
  /** On the button. */
  children: ReactNode
}

export function More({ list, className, children }: Props): ReactNode {
  const { t } = useLingui()
  const fetchNext = (): void => void list.fetchNextPage()
  if (list.isFetchNextPageError) {
    return <ErrorState error={list.error} title={t`No more could be read`} onRetry={fetchNext} />
  }
  if (!list.hasNextPage) return null
  return (
    <Button look="quiet" busy={list.isFetchingNextPage} onClick={fetchNext} {...(className ? { className } : {})}>
      {children}
    </Button>
  )
}
