// The names this feature uses for the API's shapes.
import type { components, paths } from "../../schema.gen"

type Schemas = components["schemas"]

export type Totp = Schemas["TotpAnswer"]
export type TotpSecret = Schemas["TotpSetupAnswer"]
export type Notifications = Schemas["NotificationsAnswer"]

// Until the routes of an account's end are on main: their shapes as agreed, in this one place.
export interface Export {
  id: string
  status: "pending" | "ready" | "failed" | "expired"
  size_bytes: number | null
  created_at: string
  expires_at: string | null
}

interface Answers<Data> {
  responses: { 200: { content: { "application/json": { data: Data; success: true } } } }
}
interface NoParameters {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
}

export type WithAccountsEnd = Omit<paths, "/api/v1/users/me"> & {
  "/api/v1/users/me/export": {
    get: NoParameters & Answers<{ export: Export | null }>
    post: NoParameters & Answers<Export>
  }
  "/api/v1/users/me/export/download": { get: NoParameters & Answers<{ url: string; expires_at: string }> }
  "/api/v1/users/me": {
    delete: NoParameters & {
      requestBody: { content: { "application/json": { password: string; totp_code?: string | null } } }
    } & Answers<Record<string, never>>
  }
}
