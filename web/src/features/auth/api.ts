// The account doors of the API. Passwords pass through here and stay nowhere.
import { api, unwrap } from "../../lib/api"
import { session } from "../../lib/session"

export interface Credentials {
  email: string
  password: string
}

export async function signIn(credentials: Credentials & { remember_me?: boolean }): Promise<void> {
  session.adopt(await unwrap(api.POST("/api/v1/auth/login", { body: credentials })))
}

export async function register(account: Credentials & { username: string }): Promise<void> {
  session.adopt(await unwrap(api.POST("/api/v1/auth/register", { body: account })))
}

/** Signed out here whatever the server says: a person who asks to leave must not be kept by a broken network. */
export async function signOut(): Promise<void> {
  await unwrap(api.POST("/api/v1/auth/logout", {})).catch(() => null)
  session.forget()
}
