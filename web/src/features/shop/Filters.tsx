// Kind, order, price and tag. Each choice acts at once and becomes the address; the price when it is typed to the end.
import { Trans, useLingui } from "@lingui/react/macro"
import { type FormEvent, type ReactNode, useState } from "react"
import { useConfig } from "../../lib/config"
import { amountText, currencySign, parseAmount } from "../../lib/money"
import { useTypeNames } from "../../lib/useTypeNames"
import { Button } from "../../ui/Button"
import { SelectField, TextField } from "../../ui/Field"
import { Icon } from "../../ui/icons"
import { inSearch, type ShopFilter, SORTS, TYPES } from "./filter"
import { useSortNames } from "./useShopWords"

interface Props {
  filter: ShopFilter
  onFilter: (filter: ShopFilter) => void
}

function PriceFields({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const currency = useConfig()?.currency ?? "EUR"
  const text = (cents: number | undefined): string => (cents === undefined ? "" : amountText(cents, currency))
  const [min, setMin] = useState(text(filter.min_price))
  const [max, setMax] = useState(text(filter.max_price))
  const [error, setError] = useState<string>()
  const sign = currencySign(currency)
  const apply = (event: FormEvent): void => {
    event.preventDefault()
    const [low, high] = [min, max].map((typed) => (typed.trim() ? parseAmount(typed, currency) : undefined))
    if (low === null || high === null) setError(t`Type an amount, like 5 or 12.50.`)
    else if (low !== undefined && high !== undefined && low > high) setError(t`The first price is above the second.`)
    else {
      setError(undefined)
      onFilter({ ...filter, min_price: low, max_price: high })
    }
  }
  return (
    <form onSubmit={apply} className="grid gap-2">
      <div className="flex items-end gap-2">
        <div className="w-24 grow">
          <TextField
            label={t`From (${sign})`}
            inputMode="decimal"
            value={min}
            aria-invalid={error ? true : undefined}
            onChange={(event) => setMin(event.target.value)}
          />
        </div>
        <div className="w-24 grow">
          <TextField
            label={t`To (${sign})`}
            inputMode="decimal"
            value={max}
            aria-invalid={error ? true : undefined}
            onChange={(event) => setMax(event.target.value)}
          />
        </div>
        <Button type="submit" look="quiet">
          <Trans>Set price</Trans>
        </Button>
      </div>
      {error ? (
        <p role="alert" className="text-danger text-sm">
          {error}
        </p>
      ) : null}
    </form>
  )
}

export function Filters({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const types = useTypeNames()
  const sorts = useSortNames()
  const offered = SORTS.filter((sort) => sort !== "relevance" || inSearch(filter))
  return (
    <div className="grid items-start gap-4 sm:flex sm:flex-wrap">
      <div className="sm:w-44">
        <SelectField
          label={t`Kind`}
          value={filter.type ?? ""}
          onChange={(event) => onFilter({ ...filter, type: TYPES.find((type) => type === event.target.value) })}
        >
          <option value="">{t`Everything`}</option>
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {types[type]}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="sm:w-44">
        <SelectField
          label={t`Sort by`}
          value={filter.sort ?? "newest"}
          onChange={(event) => {
            const sort = SORTS.find((known) => known === event.target.value)
            onFilter({ ...filter, sort: sort === "newest" ? undefined : sort })
          }}
        >
          {offered.map((sort) => (
            <option key={sort} value={sort}>
              {sorts[sort]}
            </option>
          ))}
        </SelectField>
      </div>
      <PriceFields key={`${filter.min_price} ${filter.max_price}`} filter={filter} onFilter={onFilter} />
    </div>
  )
}

/** What the list is narrowed to, each to be taken away by itself. */
export function Narrowed({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const chips: Array<[string, ShopFilter]> = [
    ...(filter.search ? [[`“${filter.search}”`, { ...filter, search: undefined }] as [string, ShopFilter]] : []),
    ...(filter.tag ? [[`#${filter.tag}`, { ...filter, tag: undefined }] as [string, ShopFilter]] : []),
  ]
  if (chips.length === 0) return null
  return (
    <ul aria-label={t`Narrowed to`} className="flex flex-wrap gap-2">
      {chips.map(([name, without]) => (
        <li key={name}>
          <button
            type="button"
            aria-label={t`Remove ${name}`}
            onClick={() => onFilter(without)}
            className="wrap-anywhere inline-flex min-h-11 items-center gap-2 rounded-full bg-quiet px-4 text-sm hover:bg-line"
          >
            {name}
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  )
}
