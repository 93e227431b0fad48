// The filters on phones: a button that says how many there are, and a sheet with them.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { lazy, type ReactNode, Suspense, useState } from "react"
import { Button } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { Filters } from "./Filters"
import { narrowing, type ShopFilter } from "./filter"

const PlainDialog = lazy(() => import("../../ui/dialogs").then((module) => ({ default: module.PlainDialog })))

export function FilterSheet({
  filter,
  onFilter,
}: {
  filter: ShopFilter
  onFilter: (filter: ShopFilter) => void
}): ReactNode {
  const { t } = useLingui()
  const [open, setOpen] = useState<boolean | null>(null)
  const count = narrowing(filter)
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        <Icon name="filter" />
        {count > 0 ? <Plural value={count} one="Filter (#)" other="Filters (#)" /> : <Trans>Filter and sort</Trans>}
      </Button>
      {open === null ? null : (
        <Suspense>
          <PlainDialog open={open} onClose={() => setOpen(false)} title={t`Filter and sort`}>
            <Filters filter={filter} onFilter={onFilter} />
            <Button onClick={() => setOpen(false)}>
              <Trans>Show what fits</Trans>
            </Button>
          </PlainDialog>
        </Suspense>
      )}
    </>
  )
}
