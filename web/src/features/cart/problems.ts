// Why a line of the cart cannot be bought, in words. Codes that this app does not know keep the server's words.
import { useLingui } from "@lingui/react/macro"
import type { QuoteItem } from "../../lib/types"

type Problem = NonNullable<QuoteItem["problem"]>

export function useProblemWords(): (problem: Problem) => string {
  const { t } = useLingui()
  const words: Record<string, string> = {
    unavailable: t`This is no longer on sale.`,
    license_required: t`Choose one of its licences.`,
    quantity: t`Of this you need one only.`,
    own_product: t`This is your own work.`,
    sold_out: t`This exclusive licence is sold, or somebody is buying it right now.`,
    already_owned: t`You own this already.`,
  }
  return ({ code, message }) => words[code] ?? message
}
