// While a page's code or the session is on its way.
import type { ReactNode } from "react"
import { Loading, Skeleton } from "../ui/states"

export function PagePending(): ReactNode {
  return (
    <Loading className="mx-auto grid w-full max-w-6xl gap-6 px-4 py-8 sm:px-6">
      <Skeleton className="h-9 w-48" />
      <Skeleton className="h-40" />
    </Loading>
  )
}
