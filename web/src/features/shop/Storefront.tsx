// What one person sells, as a section of their page.
import { Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import { type ReactNode, useId, useState } from "react"
import { EmptyState } from "../../ui/states"
import { storefrontQuery } from "./api"
import { SORTS, type Sort } from "./filter"
import { ProductGrid } from "./ProductGrid"
import { useSortNames } from "./useShopWords"

const OFFERED = SORTS.filter((sort) => sort !== "relevance")
/** Below this there is nothing to put in order. */
const WORTH_SORTING = 2

export function Storefront({ username }: { username: string }): ReactNode {
  const { t } = useLingui()
  const names = useSortNames()
  const label = useId()
  const [sort, setSort] = useState<Sort>("newest")
  const list = useInfiniteQuery(storefrontQuery(username, sort === "newest" ? {} : { sort }))
  const total = list.data?.pages[0]?.total ?? WORTH_SORTING
  return (
    <section aria-labelledby="storefront" className="grid gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id="storefront" className="font-bold text-2xl tracking-tight">
          <Trans>Products</Trans>
        </h2>
        {total < WORTH_SORTING ? null : (
          <div className="flex items-center gap-2">
            <label htmlFor={label} className="text-muted text-sm">
              <Trans>Sort by</Trans>
            </label>
            <select
              id={label}
              value={sort}
              onChange={(event) => setSort(OFFERED.find((known) => known === event.target.value) ?? "newest")}
              className="min-h-11 rounded-lg border border-edge bg-surface px-3"
            >
              {OFFERED.map((known) => (
                <option key={known} value={known}>
                  {names[known]}
                </option>
              ))}
            </select>
          </div>
        )}
      </div>
      <ProductGrid
        list={list}
        level={3}
        seller={false}
        empty={
          <EmptyState icon="shop" title={t`Nothing on sale yet`}>
            <Trans>What {username} publishes stands here.</Trans>
          </EmptyState>
        }
      />
    </section>
  )
}
