// What stands below the field of a new password while somebody writes it.
import { useLingui } from "@lingui/react/macro"
import { PASSWORD_LEAST, strengthOf } from "./passwordWords"

export function usePasswordWords(password: string): string {
  const { t } = useLingui()
  const words = {
    empty: t`At least ${PASSWORD_LEAST} characters. A few random words work well.`,
    short: t`Too short: ${password.length} of ${PASSWORD_LEAST} characters.`,
    fair: t`Fair. Longer is stronger.`,
    strong: t`Strong.`,
  }
  return words[strengthOf(password)]
}
