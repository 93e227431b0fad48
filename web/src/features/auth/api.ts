// The account doors of the API. Passwords pass through here and stay nowhere.
import { api, unwrap } from "../../lib/api"
import { session } from "../../lib/session"

export interface Credentials {
  email: string
  password: string
}

export async function signIn(credentials: Credentials & { remember_me?: boolean; totp_code?: string }): Promise<void> {
  session.adopt(await unwrap(api.POST("/api/v1/auth/login", { body: credentials })))
}

export async function register(account: Credentials & { username: string }): Promise<void> {
  session.adopt(await unwrap(api.POST("/api/v1/auth/register", { body: account })))
}

export const askForReset = (email: string) => unwrap(api.POST("/api/v1/auth/password/forgot", { body: { email } }))

/** All sessions of the account end with it, this one too. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await unwrap(api.POST("/api/v1/auth/password/reset", { body: { token, new_password: password } }))
  session.forget()
}

export async function verifyEmail(token: string): Promise<void> {
  await unwrap(api.POST("/api/v1/auth/email/verify", { body: { token } }))
  // What is known of oneself here came before.
  if (session.get().status === "in") await session.refresh()
}

export const resendVerification = () => unwrap(api.POST("/api/v1/auth/email/resend", {}))

export const unsubscribe = (token: string) => unwrap(api.POST("/api/v1/mail/unsubscribe", { body: { token } }))

/** Signed out here whatever the server says: a person who asks to leave must not be kept by a broken network. */
export async function signOut(): Promise<void> {
  await unwrap(api.POST("/api/v1/auth/logout", {})).catch(() => null)
  session.forget()
}
