// What states of products are called.
import { useLingui } from "@lingui/react/macro"
import type { IconName } from "../../ui/icons"
import type { ProductStatus } from "./filter"

export function useStatusNames(): Record<ProductStatus, { name: string; icon: IconName; look: string }> {
  const { t } = useLingui()
  return {
    draft: { name: t`Draft`, icon: "pen", look: "bg-quiet text-text" },
    published: { name: t`On sale`, icon: "tick", look: "bg-accent-soft text-accent" },
    archived: { name: t`Archived`, icon: "box", look: "bg-quiet text-muted" },
    taken_down: { name: t`Taken down`, icon: "warning", look: "bg-danger-soft text-danger" },
  }
}
