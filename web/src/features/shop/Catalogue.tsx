// Everything that is on sale. What it is narrowed to is the address's; this page only shows it and asks to change it.
import { Trans, useLingui } from "@lingui/react/macro"
import { useInfiniteQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { Button } from "../../ui/Button"
import { Page } from "../../ui/Page"
import { SearchBox } from "../../ui/SearchBox"
import { EmptyState } from "../../ui/states"
import { catalogueQuery } from "./api"
import { EmptyShop } from "./EmptyShop"
import { FilterSheet } from "./FilterSheet"
import { Filters, Narrowed } from "./Filters"
import { narrowing, type ShopFilter, tidy } from "./filter"
import { ProductGrid } from "./ProductGrid"

interface Props {
  filter: ShopFilter
  onFilter: (filter: ShopFilter) => void
}

function NothingFits({ onClear }: { onClear: () => void }): ReactNode {
  const { t } = useLingui()
  return (
    <EmptyState
      icon="search"
      title={t`Nothing in the shop matches this`}
      action={
        <Button onClick={onClear}>
          <Trans>Clear all filters</Trans>
        </Button>
      }
    >
      <Trans>Try fewer words, another kind or a wider price.</Trans>
    </EmptyState>
  )
}

export function Catalogue({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const list = useInfiniteQuery(catalogueQuery(filter))
  const change = (next: ShopFilter): void => onFilter(tidy(next))
  // Without words there is nothing to be relevant to.
  const search = (words: string): void =>
    change({ ...filter, search: words || undefined, sort: words ? "relevance" : undefined })
  return (
    <Page
      title={t`Shop`}
      lead={t`Music, beats and sounds, from the people who made them.`}
      actions={
        <SearchBox
          key={filter.search ?? ""}
          label={t`Search the shop`}
          words={filter.search ?? ""}
          onSearch={search}
          most={200}
          className="max-sm:w-full"
        />
      }
    >
      <div className="grid gap-6">
        <div className="max-sm:hidden">
          <Filters filter={filter} onFilter={change} />
        </div>
        <div className="sm:hidden">
          <FilterSheet filter={filter} onFilter={change} />
        </div>
        <Narrowed filter={filter} onFilter={(next) => change({ ...next, sort: next.search ? next.sort : undefined })} />
        <ProductGrid
          list={list}
          level={2}
          empty={narrowing(filter) > 0 ? <NothingFits onClear={() => onFilter({})} /> : <EmptyShop />}
        />
      </div>
    </Page>
  )
}
