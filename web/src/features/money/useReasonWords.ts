// Why the payout provider holds an account up, in plain words. Its codes are Stripe's `requirements.disabled_reason`.
import { useLingui } from "@lingui/react/macro"

export function useReasonWords(code: string | null): string {
  const { t } = useLingui()
  if (code === null) return t`The provider needs more details before it can pay you.`
  if (code.startsWith("rejected.")) return t`The provider has refused this account. Ask them why; we are not told.`
  if (code === "under_review" || code === "listed") return t`The provider is looking at your account.`
  if (code === "requirements.pending_verification") return t`The provider is checking what you sent.`
  if (code === "requirements.past_due") return t`Details that the provider asked for are overdue.`
  if (code.startsWith("action_required") || code.startsWith("requirements.")) {
    return t`The provider needs more details before it can pay you.`
  }
  return t`The provider has paused this account (${code}).`
}
