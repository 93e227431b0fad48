// What types and orders of the catalogue are called.
import { useLingui } from "@lingui/react/macro"
import type { ProductType } from "../../lib/types"
import type { Sort } from "./filter"

export function useTypeNames(): Record<ProductType, string> {
  const { t } = useLingui()
  return {
    track: t`Track`,
    album: t`Album`,
    beat: t`Beat`,
    sample_pack: t`Sample pack`,
    preset: t`Preset`,
    service: t`Service`,
  }
}

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
