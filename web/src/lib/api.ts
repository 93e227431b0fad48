// The typed door to /api/v1: envelope off, errors as ApiError, one retry after a silent refresh. No page logic here.
import createClient from "openapi-fetch"
import type { paths } from "../schema.gen"
import { ApiError, errorFrom } from "./errors"
import { session } from "./session"

async function isExpired(response: Response): Promise<boolean> {
  if (response.status !== 401) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  const code = typeof body === "object" && body !== null && "code" in body ? body.code : ""
  return code === "token_expired" || (code === "unauthenticated" && session.get().status === "in")
}

async function send(request: Request): Promise<Response> {
  const token = session.accessToken()
  if (token) request.headers.set("authorization", `Bearer ${token}`)
  return globalThis.fetch(request)
}

/** Sends a request; when the access token had expired, refreshes once (shared by all callers) and sends it again. */
async function authorisedFetch(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await send(request)
  if (!(await isExpired(response))) return response
  return (await session.refresh()) ? send(again) : response
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
  fetch: authorisedFetch,
})

interface Outcome {
  data?: unknown
  error?: unknown
  response: Response
}

type Inner<Body> = Body extends { data: infer D } ? D : never
type Payload<T> = T extends { data?: infer Body } ? Inner<Body> : never

const unreachable = (cause: unknown): never => {
  if (cause instanceof DOMException && cause.name === "AbortError") throw cause
  throw new ApiError("The server could not be reached.", { status: 0, code: "offline" })
}

/** A file instead of an envelope: `await unwrapFile(api.GET("…/transfers.csv", { parseAs: "blob" }))`. */
export async function unwrapFile(call: Promise<Outcome>): Promise<Blob> {
  const { data, error, response } = await call.catch(unreachable)
  if (response.ok && data instanceof Blob) return data
  throw errorFrom(error, response)
}

/** Takes the envelope off: `const stream = await unwrap(api.GET("/api/v1/live/streams/{stream_id}", …))`. */
export async function unwrap<T extends Outcome>(call: Promise<T>): Promise<Payload<T>> {
  const outcome = await call.catch(unreachable)
  const body = outcome.data
  if (outcome.response.status === 204) return undefined as Payload<T>
  if (outcome.response.ok && typeof body === "object" && body !== null && "data" in body) {
    return body.data as Payload<T>
  }
  throw errorFrom(outcome.error, outcome.response)
}
