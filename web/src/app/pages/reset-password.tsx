// `/reset-password#token=`
import { ResetPasswordPage } from "../../features/auth/links/ResetPasswordPage"
import { useLinkToken } from "../useLinkToken"

export function ResetPasswordRoute() {
  return <ResetPasswordPage token={useLinkToken()} />
}
