// The categories as words.
import { useLingui } from "@lingui/react/macro"
import type { Category } from "./api"

export function useCategoryNames(): Record<Category, string> {
  const { t } = useLingui()
  return {
    music: t`Music`,
    talk: t`Talk`,
    podcast: t`Podcast`,
    gaming: t`Gaming`,
    news: t`News`,
    education: t`Education`,
    entertainment: t`Entertainment`,
    other: t`Other`,
  }
}

export const categoryName = (names: Record<Category, string>, category: string): string =>
  names[category as Category] ?? category
