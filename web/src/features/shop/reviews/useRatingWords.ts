// What one to five stars mean.
import { useLingui } from "@lingui/react/macro"

/** Index 0 is one star. */
export function useRatingWords(): readonly [string, string, string, string, string] {
  const { t } = useLingui()
  return [t`Bad`, t`Weak`, t`Fine`, t`Good`, t`Great`]
}
