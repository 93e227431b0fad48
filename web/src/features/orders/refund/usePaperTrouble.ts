// Why a paper cannot be had, in words.
import { useLingui } from "@lingui/react/macro"
import { asApiError } from "../../../lib/errors"

export function usePaperTrouble(error: unknown): string {
  const { t } = useLingui()
  if (!error) return ""
  const { status, code, message } = asApiError(error)
  if (code === "document_pending") return t`It is not made yet. Try again in a minute.`
  if (status === 0) return t`The server could not be reached. Check your connection.`
  if (status === 404) return t`There is no such paper, or it is not yours.`
  return message
}
