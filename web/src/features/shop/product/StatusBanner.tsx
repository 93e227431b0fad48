// Why not everybody sees this page: it is a draft, off sale, or was taken down; then with the reason.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { PublicProduct } from "../../../lib/types"
import { Notice } from "../../../ui/states"

function TakenDown({ reason }: { reason: string | null }): ReactNode {
  return (
    <Notice tone="danger">
      <p className="font-semibold">
        <Trans>This product was taken down. Only its seller and the staff see this page.</Trans>
      </p>
      {reason ? (
        <p className="wrap-anywhere mt-1 whitespace-pre-line">
          <Trans>Reason: {reason}</Trans>
        </p>
      ) : null}
    </Notice>
  )
}

export function StatusBanner({ product }: { product: PublicProduct }): ReactNode {
  if (product.status === "published") return null
  if (product.status === "taken_down") {
    return <TakenDown reason={product.takedown_reason} />
  }
  return (
    <Notice tone="warn">
      {product.status === "draft" ? (
        <Trans>This is a draft. Only its seller and the staff see this page.</Trans>
      ) : (
        <Trans>
          This product is off sale. Only its seller and the staff see this page; whoever bought it keeps it.
        </Trans>
      )}
    </Notice>
  )
}
