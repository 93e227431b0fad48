// How an order stands: a word and an icon, never colour alone.
import type { ReactNode } from "react"
import { cx } from "../../ui/classes"
import { Icon } from "../../ui/icons"
import { useStatusWord } from "./useOrderWords"

export function StatusBadge({ status }: { status: string }): ReactNode {
  const { name, icon, look } = useStatusWord()(status)
  return (
    <span
      data-order-status={status}
      className={cx(
        "inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2.5 py-1 font-semibold text-xs",
        look,
      )}
    >
      <Icon name={icon} size={14} />
      {name}
    </span>
  )
}
