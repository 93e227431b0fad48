// The invoice of an order, for who may have it. An order without one offers none.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { Order } from "../../lib/types"
import { invoiceFile } from "./refund/api"
import { PaperButton } from "./refund/PaperButton"

export function Invoice({ order }: { order: Order }): ReactNode {
  const { t } = useLingui()
  const { id, invoice_number: number } = order
  if (number === null) return null
  return (
    <section className="grid gap-2">
      <h2 className="font-semibold text-sm">
        <Trans>Invoice</Trans>
      </h2>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="tabular wrap-anywhere text-sm">{number}</p>
        <PaperButton
          name={t`Download invoice ${number}`}
          fileName={`invoice-${number}.pdf`}
          fetchPaper={() => invoiceFile(id)}
        />
      </div>
    </section>
  )
}
