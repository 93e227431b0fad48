// The way to a refund. What it opens is loaded when it is wanted.
import { useLingui } from "@lingui/react/macro"
import { lazy, type ReactNode, type RefObject, Suspense, useState } from "react"
import { useSession } from "../../../lib/useSession"
import { Button } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import { type RefundOrder, sideOf } from "./draft"

const RefundDialog = lazy(() => import("./RefundDialog").then((module) => ({ default: module.RefundDialog })))

interface Props {
  order: RefundOrder
  /** What takes the focus once it was asked for: this button may go away by what follows. */
  place?: RefObject<HTMLElement | null>
}

export function RefundButton({ order, place }: Props): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const [open, setOpen] = useState<boolean | null>(null)
  const side = sideOf(order.buyer_id, user)
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        <Icon name="undo" size={18} />
        {side === "buyer" ? t`Ask for a refund` : t`Give money back`}
      </Button>
      {open === null ? null : (
        <Suspense>
          <RefundDialog order={order} side={side} open={open} onClose={() => setOpen(false)} place={place} />
        </Suspense>
      )}
    </>
  )
}
