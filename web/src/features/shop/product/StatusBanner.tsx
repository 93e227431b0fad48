// Why not everybody sees this page: it is a draft, off sale, or was taken down; then with the reason, for its seller.
import { Trans } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import type { PublicProduct } from "../../../lib/types"
import { Notice } from "../../../ui/states"
import { takedownReasonQuery } from "../api"
import { useMe } from "./useMe"

function TakenDown({ productId, own }: { productId: string; own: boolean }): ReactNode {
  const reason = useQuery({ ...takedownReasonQuery(productId), enabled: own }).data
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
  const { user } = useMe()
  if (product.status === "published") return null
  if (product.status === "taken_down") {
    return <TakenDown productId={product.id} own={user?.id === product.seller.id} />
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
