// How a product stands: a word and an icon, never colour alone.
import type { ReactNode } from "react"
import { cx } from "../../ui/classes"
import { Icon } from "../../ui/icons"
import type { ProductStatus } from "./filter"
import { useStatusNames } from "./useProductWords"

export function StatusBadge({ status }: { status: ProductStatus }): ReactNode {
  const { name, icon, look } = useStatusNames()[status]
  return (
    <span
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
