// What the server says about itself (GET /api/v1/config). Read leniently: an older or newer server must not break the app.
import { queryOptions, useQuery } from "@tanstack/react-query"
import { api, unwrap } from "./api"

export interface Config {
  version: string
  paymentsMode: "sandbox" | "live" | "disabled"
  rtmpUrl: string | null
  /** Seconds a broadcast waits for an encoder that left; null while unknown. */
  graceS: number | null
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}

export function readConfig(body: unknown): Config {
  const all = record(body)
  const mode = record(all.payments).mode
  const { rtmp_url: rtmp, grace_s: grace } = record(all.live)
  return {
    version: typeof all.version === "string" ? all.version : "",
    paymentsMode: mode === "sandbox" || mode === "live" ? mode : "disabled",
    rtmpUrl: typeof rtmp === "string" ? rtmp : null,
    graceS: typeof grace === "number" && grace > 0 ? grace : null,
  }
}

const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: async ({ signal }) => readConfig(await unwrap(api.GET("/api/v1/config", { signal }))),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useConfig = (): Config | undefined => useQuery(configQuery).data
