// How a product stands.
import type { ReactNode } from "react"
import { Badge } from "../../ui/Badge"
import type { ProductStatus } from "./filter"
import { useStatusNames } from "./useProductWords"

export function StatusBadge({ status }: { status: ProductStatus }): ReactNode {
  const { name, icon, tone } = useStatusNames()[status]
  return (
    <Badge icon={icon} tone={tone}>
      {name}
    </Badge>
  )
}
