// What the types of products are called, wherever they are sold or shown.
import { useLingui } from "@lingui/react/macro"
import type { ProductType } from "./types"

export function useTypeNames(): Record<ProductType, string> {
  const { t } = useLingui()
  return {
    track: t`Track`,
    album: t`Album`,
    beat: t`Beat`,
    sample_pack: t`Sample pack`,
    preset: t`Preset`,
    service: t`Service`,
  }
}
