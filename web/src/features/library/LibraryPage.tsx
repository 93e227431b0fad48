// Everything that I own, to download again whenever I want.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { useSession } from "../../lib/useSession"
import { buttonClass } from "../../ui/Button"
import { More } from "../../ui/More"
import { Page } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { libraryQuery } from "./api"
import { OwnedProduct } from "./OwnedProduct"

function Items(): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const list = useInfiniteQuery(libraryQuery(user?.id))
  const [first] = list.data?.pages ?? []
  if (!first) {
    if (list.isError) {
      return (
        <ErrorState error={list.error} title={t`Your library could not be read`} onRetry={() => void list.refetch()} />
      )
    }
    return (
      <Loading className="grid gap-4">
        <Skeleton className="h-44 rounded-2xl!" />
        <Skeleton className="h-44 rounded-2xl!" />
      </Loading>
    )
  }
  if (first.total === 0) {
    return (
      <EmptyState
        icon="library"
        title={t`You own nothing yet`}
        action={
          <Link to="/shop" className={buttonClass()}>
            <Trans>Go to the shop</Trans>
          </Link>
        }
      >
        <Trans>What you buy stands here, with its files, for as long as this server does.</Trans>
      </EmptyState>
    )
  }
  return (
    <div className="grid gap-5">
      <p role="status" className="tabular text-muted text-sm">
        <Plural value={first.total} one="# purchase" other="# purchases" />
      </p>
      <ul className="grid gap-4">
        {(list.data?.pages ?? [])
          .flatMap((page) => page.items)
          .map((item) => (
            <li key={item.id}>
              <OwnedProduct item={item} />
            </li>
          ))}
      </ul>
      <More list={list} className="min-w-40 justify-self-center">
        <Trans>Load more</Trans>
      </More>
    </div>
  )
}

export function LibraryPage(): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={t`Library`} lead={t`What you own, to download whenever you want.`}>
      <Items />
    </Page>
  )
}
