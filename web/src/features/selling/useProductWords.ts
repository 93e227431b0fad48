// What states of products are called.
import { useLingui } from "@lingui/react/macro"
import type { BadgeWords } from "../../ui/Badge"
import type { ProductStatus } from "./filter"

export function useStatusNames(): Record<ProductStatus, BadgeWords> {
  const { t } = useLingui()
  return {
    draft: { name: t`Draft`, icon: "pen", tone: "plain" },
    published: { name: t`On sale`, icon: "tick", tone: "good" },
    archived: { name: t`Archived`, icon: "box", tone: "muted" },
    taken_down: { name: t`Taken down`, icon: "warning", tone: "danger" },
  }
}
