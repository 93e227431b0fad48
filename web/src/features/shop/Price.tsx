// What something costs, in words: free, or from the cheapest licence on.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { money } from "../../lib/money"
import type { PublicProduct } from "../../lib/types"

type Priced = Pick<PublicProduct, "price_cents" | "currency" | "licenses">

export function Price({ product }: { product: Priced }): ReactNode {
  const { price_cents, currency, licenses } = product
  const amount = money(price_cents, currency)
  if (licenses.length > 1) return <Trans>from {price_cents === 0 ? <Free /> : amount}</Trans>
  return price_cents === 0 ? <Free /> : amount
}

export const Free = (): ReactNode => <Trans>Free</Trans>
