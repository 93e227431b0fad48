// What the staff may do to a product: take it down with a reason that its seller reads, and give it back.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import type { PublicProduct } from "../../../lib/types"
import { AskFirstButton } from "../../../ui/AskFirstButton"
import { restore } from "../api"
import { TakeDownButton } from "./TakeDownButton"

export function StaffTools({ product }: { product: PublicProduct }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ["shop"] })
  if (product.status === "draft" || product.status === "archived") return null
  return (
    <section aria-label={t`Staff`} className="grid gap-2 rounded-2xl p-5 ring-1 ring-line">
      <h2 className="font-semibold text-sm">
        <Trans>Staff</Trans>
      </h2>
      {product.status === "taken_down" ? (
        <AskFirstButton
          look="quiet"
          label={t`Restore`}
          title={t`Give this product back?`}
          description={t`It will be archived: its seller may publish it again.`}
          keep={t`Leave it down`}
          confirm={t`Restore`}
          confirmLook="primary"
          done={t`Restored. Its seller may publish it again.`}
          action={() => restore(product.id)}
          onSettled={refresh}
        />
      ) : (
        <TakeDownButton productId={product.id} onSettled={refresh} />
      )}
    </section>
  )
}
