// Sends one file as the raw body of a request and tells how far it is. XMLHttpRequest: fetch cannot tell what was sent.
// Signing in again is the session's; what to send and in which order is a feature's.
import { ApiError, errorFrom } from "./errors"
import { session } from "./session"

interface Sent<Data> {
  data: Data
  /** 201 for something new; 200 for what was there already, or was replaced. */
  status: number
}

interface Options {
  method: "POST" | "PUT"
  path: string
  body: Blob
  onProgress?: ((sent_bytes: number) => void) | undefined
  signal?: AbortSignal | undefined
  /** Where requests come from; tests bring their own. */
  open?: () => XMLHttpRequest
}

export type SendFile = <Data>(options: Options) => Promise<Sent<Data>>

const offline = (): ApiError => new ApiError("The server could not be reached.", { status: 0, code: "offline" })
const cancelled = (): DOMException => new DOMException("Cancelled.", "AbortError")

export const isCancelled = (cause: unknown): boolean => cause instanceof DOMException && cause.name === "AbortError"

function readBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** An XHR's refusal, read as any other: by status, headers and envelope. */
function refusal(request: XMLHttpRequest): ApiError {
  const headers = new Headers()
  for (const name of ["retry-after", "x-request-id"]) {
    const value = request.getResponseHeader(name)
    if (value) headers.set(name, value)
  }
  return errorFrom(readBody(request.responseText), new Response(null, { status: request.status, headers }))
}

function sendOnce<Data>({ method, path, body, onProgress, signal, open }: Options): Promise<Sent<Data>> {
  return new Promise((done, failed) => {
    if (signal?.aborted) {
      failed(cancelled())
      return
    }
    const request = open?.() ?? new XMLHttpRequest()
    const stop = (): void => request.abort()
    signal?.addEventListener("abort", stop, { once: true })
    request.open(method, path)
    // What the file is, the server finds out from its content. Never the browser's guess: a form's type is refused.
    request.setRequestHeader("content-type", "application/octet-stream")
    request.setRequestHeader("accept", "application/json")
    const token = session.accessToken()
    if (token) request.setRequestHeader("authorization", `Bearer ${token}`)
    request.upload.onprogress = ({ loaded }) => onProgress?.(loaded)
    request.onload = () => {
      const answer = readBody(request.responseText)
      const good = request.status < 300 && typeof answer === "object" && answer !== null && "data" in answer
      if (good) done({ data: answer.data as Data, status: request.status })
      else failed(refusal(request))
    }
    request.onerror = () => failed(offline())
    request.ontimeout = () => failed(offline())
    request.onabort = () => failed(cancelled())
    request.onloadend = () => signal?.removeEventListener("abort", stop)
    request.send(body)
  })
}

function isExpired(cause: unknown): boolean {
  if (!(cause instanceof ApiError) || cause.status !== 401) return false
  return cause.code === "token_expired" || (cause.code === "unauthenticated" && session.get().status === "in")
}

/** Sends; when the access token had expired, refreshes once (shared with all other callers) and sends again. */
export const sendFile: SendFile = async <Data>(options: Options): Promise<Sent<Data>> => {
  try {
    return await sendOnce<Data>(options)
  } catch (cause) {
    if (!isExpired(cause)) throw cause
    if (options.signal?.aborted) throw cancelled()
    if (!(await session.refresh())) throw cause
    options.onProgress?.(0)
    return sendOnce<Data>(options)
  }
}
