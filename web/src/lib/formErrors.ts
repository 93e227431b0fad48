// Maps a server's refusal onto the fields of a form; what belongs to no field becomes the form's own message.
import type { FieldValues, Path, UseFormReturn } from "react-hook-form"
import { asApiError } from "./errors"

const FIELD_OF_CODE: Record<string, string> = { username_taken: "username", email_taken: "email" }

export function showErrors<T extends FieldValues>(form: UseFormReturn<T>, names: Path<T>[], cause: unknown): void {
  const failure = asApiError(cause)
  const known = failure.fields.filter(({ field }) => names.includes(field as Path<T>))
  const byCode = FIELD_OF_CODE[failure.code]
  for (const { field, message } of known) form.setError(field as Path<T>, { message })
  if (byCode) form.setError(byCode as Path<T>, { message: failure.message })
  const placed = byCode ? 1 : known.length
  if (placed === 0) form.setError("root", { message: failure.message, type: failure.code })
  else form.setFocus((byCode ?? known[0]?.field) as Path<T>)
}
