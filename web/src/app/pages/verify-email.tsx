// `/verify-email#token=`
import { VerifyEmailPage } from "../../features/auth/links/VerifyEmailPage"
import { useLinkToken } from "../useLinkToken"

export function VerifyEmailRoute() {
  return <VerifyEmailPage token={useLinkToken()} />
}
