// `/forgot-password`
import { ForgotPasswordPage } from "../../features/auth/links/ForgotPasswordPage"

export function ForgotPasswordRoute() {
  return <ForgotPasswordPage />
}
