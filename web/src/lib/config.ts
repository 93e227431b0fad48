// What the server says about itself (GET /api/v1/config). Read leniently: an older or newer server must not break the app.
import { queryOptions, useQuery } from "@tanstack/react-query"
import { api, unwrap } from "./api"

export interface Config {
  version: string
  paymentsMode: "sandbox" | "live" | "disabled"
  rtmpUrl: string | null
  /** Seconds a broadcast waits for an encoder that left; null while unknown. */
  graceS: number | null
  currency: string
  /** The largest file to sell, and the largest picture. */
  uploadBytesMax: number
  imageBytesMax: number
  /** Characters of a review. */
  reviewMax: number
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}

const MIB = 1024 * 1024
const positive = (value: unknown, otherwise: number): number =>
  typeof value === "number" && value > 0 ? value : otherwise

export function readConfig(body: unknown): Config {
  const all = record(body)
  const mode = record(all.payments).mode
  const { rtmp_url: rtmp, grace_s: grace } = record(all.live)
  const limits = record(all.limits)
  return {
    version: typeof all.version === "string" ? all.version : "",
    paymentsMode: mode === "sandbox" || mode === "live" ? mode : "disabled",
    rtmpUrl: typeof rtmp === "string" ? rtmp : null,
    graceS: typeof grace === "number" && grace > 0 ? grace : null,
    currency: typeof all.currency === "string" && /^[A-Z]{3}$/.test(all.currency) ? all.currency : "EUR",
    uploadBytesMax: positive(limits.upload_bytes_max, 2048 * MIB),
    imageBytesMax: positive(limits.image_bytes_max, 20 * MIB),
    reviewMax: positive(limits.review_max, 2000),
  }
}

const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: async ({ signal }) => readConfig(await unwrap(api.GET("/api/v1/config", { signal }))),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useConfig = (): Config | undefined => useQuery(configQuery).data

/** As `useConfig`, for forms that need the server's limits: what is safe to assume when they cannot be read. */
export function useLimits(): Config | undefined {
  const { data, isError } = useQuery(configQuery)
  return data ?? (isError ? readConfig(null) : undefined)
}
