// Everything I sell, in whatever state: search, filter, pages, and the way to a new one.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useEffect, useState } from "react"
import { asApiError } from "../../lib/errors"
import { wholeNumber } from "../../lib/format"
import { Button, buttonClass } from "../../ui/Button"
import { cx } from "../../ui/classes"
import { SelectField, TextField } from "../../ui/Field"
import { Icon } from "../../ui/icons"
import { Page } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { ownProductsQuery, PAGE } from "./api"
import { type ProductsFilter, STATUSES } from "./filter"
import { ProductRow } from "./ProductRow"
import { useStatusNames } from "./useProductWords"

const SEARCH_AFTER_MS = 300

interface Props {
  filter: ProductsFilter
  onFilter: (filter: ProductsFilter) => void
}

function NewProduct({ children }: { children: ReactNode }): ReactNode {
  return (
    <Link to="/sell/products/$productId" params={{ productId: "new" }} className={buttonClass()}>
      <Icon name="plus" />
      {children}
    </Link>
  )
}

function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const names = useStatusNames()
  const [words, setWords] = useState(filter.search ?? "")
  useEffect(() => {
    const search = words.trim() || undefined
    if (search === filter.search) return
    const timer = setTimeout(() => onFilter({ status: filter.status, search }), SEARCH_AFTER_MS)
    return () => clearTimeout(timer)
  }, [words, filter.search, filter.status, onFilter])
  return (
    <search className="mb-2 grid gap-4 sm:grid-cols-[minmax(0,1fr)_14rem]">
      <TextField
        type="search"
        label={t`Search your products`}
        value={words}
        maxLength={200}
        onChange={({ target }) => setWords(target.value)}
      />
      <SelectField
        label={t`Status`}
        value={filter.status ?? ""}
        onChange={({ target }) =>
          onFilter({ search: filter.search, status: STATUSES.find((status) => status === target.value) })
        }
      >
        <option value="">{t`All`}</option>
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {names[status].name}
          </option>
        ))}
      </SelectField>
    </search>
  )
}

function Pages({ filter, onFilter, total }: Props & { total: number }): ReactNode {
  const { t } = useLingui()
  const offset = filter.offset ?? 0
  const from = wholeNumber(offset + 1)
  const to = wholeNumber(Math.min(offset + PAGE, total))
  const all = wholeNumber(total)
  const go = (next: number): void => onFilter({ ...filter, offset: next > 0 ? next : undefined })
  const isFirst = offset === 0
  const isLast = offset + PAGE >= total
  return (
    <nav aria-label={t`Pages`} className="flex flex-wrap items-center justify-between gap-3 pt-4">
      <p role="status" className="tabular text-muted text-sm">
        <Trans>
          {from} to {to} of {all}
        </Trans>
      </p>
      {total > PAGE ? (
        <div className="flex gap-2">
          <Button look="quiet" aria-disabled={isFirst} onClick={() => go(offset - PAGE)}>
            <Trans>Back</Trans>
          </Button>
          <Button look="quiet" aria-disabled={isLast} onClick={() => go(offset + PAGE)}>
            <Trans>Next</Trans>
          </Button>
        </div>
      ) : null}
    </nav>
  )
}

function Nothing({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  if (filter.status || filter.search || filter.offset) {
    return (
      <EmptyState
        icon="search"
        title={t`Nothing here matches`}
        action={
          <Button look="quiet" onClick={() => onFilter({})}>
            <Trans>Show all products</Trans>
          </Button>
        }
      />
    )
  }
  return (
    <EmptyState
      icon="tag"
      title={t`Sell your first work`}
      action={
        <NewProduct>
          <Trans>Create a product</Trans>
        </NewProduct>
      }
    >
      <Trans>A track, an album, a beat, samples, presets or your time: you set the price and keep the rights.</Trans>
    </EmptyState>
  )
}

function List(props: Props): ReactNode {
  const { t } = useLingui()
  const products = useQuery(ownProductsQuery(props.filter))
  if (products.isPending) {
    return (
      <Loading className="grid gap-4 py-4">
        {["a", "b", "c", "d"].map((key) => (
          <div key={key} className="flex items-center gap-4">
            <Skeleton className="size-16" />
            <div className="grid flex-1 gap-2">
              <Skeleton className="h-5 w-2/5" />
              <Skeleton className="h-4 w-3/5" />
            </div>
          </div>
        ))}
      </Loading>
    )
  }
  if (products.isError) {
    return asApiError(products.error).status === 403 ? (
      <EmptyState icon="tag" title={t`You may not sell here`}>
        {asApiError(products.error).message}
      </EmptyState>
    ) : (
      <ErrorState
        error={products.error}
        title={t`Your products could not be read`}
        onRetry={() => void products.refetch()}
      />
    )
  }
  if (products.data.products.length === 0) return <Nothing {...props} />
  return (
    <div className={cx("transition-opacity duration-150", products.isPlaceholderData && "opacity-60")}>
      <ul className="divide-y divide-line">
        {products.data.products.map((product) => (
          <ProductRow key={product.id} product={product} />
        ))}
      </ul>
      <Pages {...props} total={products.data.total} />
    </div>
  )
}

export function ProductsPage(props: Props): ReactNode {
  const { t } = useLingui()
  return (
    <Page
      title={t`My products`}
      lead={t`What you sell, and what you are still preparing.`}
      actions={
        <NewProduct>
          <Trans>New product</Trans>
        </NewProduct>
      }
    >
      <Filters {...props} />
      <List {...props} />
    </Page>
  )
}
