// What the orders of the catalogue are called.
import { useLingui } from "@lingui/react/macro"
import type { Sort } from "./filter"

export function useSortNames(): Record<Sort, string> {
  const { t } = useLingui()
  return {
    newest: t`Newest`,
    relevance: t`Best match`,
    rating: t`Best rated`,
    price_asc: t`Cheapest first`,
    price_desc: t`Dearest first`,
    title: t`By title`,
    oldest: t`Oldest`,
  }
}
