// Made-up settings for stories: two-step log-in, mail, copies. Secrets and codes are obviously false.
import type { Export, Totp, TotpSecret } from "../features/account/types"
import { answer, fail, ok } from "./handlers"

export const aTotp = (change: Partial<Totp> = {}): Totp => ({
  enabled: false,
  required: false,
  recovery_codes_left: 0,
  ...change,
})

export const aSecret: TotpSecret = {
  secret: "THISISNOTAREALSECRETATALL2345ABC",
  otpauth_uri: "otpauth://totp/Veza:nova?secret=THISISNOTAREALSECRETATALL2345ABC&issuer=Veza",
}

export const someCodes = Array.from({ length: 10 }, (_, index) => `false-${String(index).padStart(5, "0")}`)

export const anExport = (change: Partial<Export> = {}): Export => ({
  id: "0190d000-0000-7000-8000-000000000001",
  status: "ready",
  size_bytes: 184_320,
  created_at: "2026-02-01T18:20:00Z",
  expires_at: "2026-02-08T18:20:00Z",
  ...change,
})

export const wrongPassword = () => fail(401, { code: "invalid_credentials", error: "E-mail or password is not right." })

export const wrongCode = () =>
  fail(401, { code: "invalid_totp", error: "This code is not right, or it was used already." })

export const accountRoutes = [
  answer("post", "/auth/password/change", () => ok({})),
  answer("post", "/auth/totp/setup", () => ok(aSecret)),
  answer("post", "/auth/totp/enable", () => ok({ recovery_codes: someCodes })),
  answer("post", "/auth/totp/recovery-codes", () => ok({ recovery_codes: someCodes })),
  answer("post", "/auth/totp/disable", () => ok({})),
  answer("get", "/auth/totp", () => ok(aTotp())),
  answer("put", "/users/me/notifications", () => ok({ stream_live: true })),
  answer("get", "/users/me/notifications", () => ok({ stream_live: false })),
  answer("post", "/users/me/export", () =>
    ok(anExport({ status: "pending", size_bytes: null, expires_at: null }), 201),
  ),
  answer("get", "/users/me/export/download", () =>
    ok({ url: "/api/v1/exports/a-false-word", expires_at: "2026-02-01T18:35:00Z" }),
  ),
  answer("get", "/users/me/export", () => ok({ export: null })),
  answer("delete", "/users/me", () => ok({})),
]
