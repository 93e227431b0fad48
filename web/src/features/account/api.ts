// The doors of one's own account. Passwords, codes and secrets pass through here and are kept nowhere.
import { queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import type { Export, Notifications, Totp, TotpSecret } from "./types"

const POLL_MS = 3000

export const changePassword = (current_password: string, new_password: string): Promise<unknown> =>
  unwrap(api.POST("/api/v1/auth/password/change", { body: { current_password, new_password } }))

export const totpQuery = queryOptions({
  queryKey: ["account", "totp"],
  queryFn: ({ signal }): Promise<Totp> => unwrap(api.GET("/api/v1/auth/totp", { signal })),
})

/** A secret that counts once `enableTotp` saw a code of it. */
export const setUpTotp = (password: string): Promise<TotpSecret> =>
  unwrap(api.POST("/api/v1/auth/totp/setup", { body: { password } }))

export const enableTotp = async (code: string): Promise<string[]> =>
  (await unwrap(api.POST("/api/v1/auth/totp/enable", { body: { code } }))).recovery_codes

export interface Proof {
  password: string
  code: string
}

export const renewRecoveryCodes = async (body: Proof): Promise<string[]> =>
  (await unwrap(api.POST("/api/v1/auth/totp/recovery-codes", { body }))).recovery_codes

export const disableTotp = (body: Proof): Promise<unknown> => unwrap(api.POST("/api/v1/auth/totp/disable", { body }))

export const notificationsQuery = queryOptions({
  queryKey: ["account", "notifications"],
  queryFn: ({ signal }): Promise<Notifications> => unwrap(api.GET("/api/v1/users/me/notifications", { signal })),
})

export const saveNotifications = (body: Notifications): Promise<Notifications> =>
  unwrap(api.PUT("/api/v1/users/me/notifications", { body }))

/** Asked again while the copy is being made. */
export const exportQuery = queryOptions({
  queryKey: ["account", "export"],
  queryFn: async ({ signal }): Promise<Export | null> =>
    (await unwrap(api.GET("/api/v1/users/me/export", { signal }))).export,
  refetchInterval: ({ state }) => (state.data?.status === "pending" ? POLL_MS : false),
})

export const askForExport = (): Promise<Export> => unwrap(api.POST("/api/v1/users/me/export"))

export const exportLink = async (): Promise<string> => (await unwrap(api.GET("/api/v1/users/me/export/download"))).url

export const deleteAccount = (password: string, totp_code: string | null): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/users/me", { body: { password, totp_code } }))
