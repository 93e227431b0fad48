// The raw file as the body, with progress; one silent refresh for a token that ran out; refusals as everywhere.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { aUser } from "../testing/fixtures"
import { ApiError } from "./errors"
import { session } from "./session"
import { isCancelled, sendFile } from "./upload"

interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** As much of an XMLHttpRequest as is used; answers in turn what it is told. */
class FakeRequest {
  static answers: Array<Answer | "broken" | "never"> = []
  static sent: FakeRequest[] = []
  method = ""
  url = ""
  headers: Record<string, string> = {}
  body: unknown = null
  status = 0
  responseText = ""
  upload: { onprogress?: (event: { loaded: number }) => void } = {}
  onload?: () => void
  onerror?: () => void
  onabort?: () => void
  onloadend?: () => void
  #answer: Answer | undefined

  open(method: string, url: string): void {
    this.method = method
    this.url = url
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value
  }
  getResponseHeader(name: string): string | null {
    return this.#answer?.headers?.[name] ?? null
  }
  send(body: Blob): void {
    this.body = body
    FakeRequest.sent.push(this)
    const answer = FakeRequest.answers.shift() ?? "never"
    if (answer === "never") return
    queueMicrotask(() => {
      if (answer === "broken") this.onerror?.()
      else {
        this.upload.onprogress?.({ loaded: body.size })
        this.#answer = answer
        this.status = answer.status
        this.responseText = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body)
        this.onload?.()
      }
      this.onloadend?.()
    })
  }
  abort(): void {
    this.onabort?.()
    this.onloadend?.()
  }
}

const body = new Blob(["four"])
const send = (signal?: AbortSignal, onProgress?: (sent: number) => void) =>
  sendFile<{ id: string }>({
    method: "POST",
    path: "/api/v1/x?filename=a%20b.wav",
    body,
    signal,
    onProgress,
    open: () => new FakeRequest() as unknown as XMLHttpRequest,
  })

const refused = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: { success: false, error: "No.", code, request_id: "req_1" },
})
const taken: Answer = { status: 201, body: { success: true, data: { id: "f" } } }

const fetched = vi.spyOn(globalThis, "fetch")

beforeEach(() => {
  FakeRequest.answers = []
  FakeRequest.sent = []
  fetched.mockReset()
  session.adopt({ user: aUser, access_token: "old" })
})
afterEach(() => session.forget())

test("sends the file itself, signed in, and tells how far it is", async () => {
  FakeRequest.answers = [taken]
  const progress = vi.fn()
  await expect(send(undefined, progress)).resolves.toEqual({ data: { id: "f" }, status: 201 })
  const [request] = FakeRequest.sent
  expect(request).toMatchObject({ method: "POST", url: "/api/v1/x?filename=a%20b.wav", body })
  expect(request?.headers).toMatchObject({ authorization: "Bearer old", "content-type": "application/octet-stream" })
  expect(progress).toHaveBeenCalledWith(4)
})

test("many files whose token ran out share one refresh, and are sent once more", async () => {
  FakeRequest.answers = [refused(401, "token_expired"), refused(401, "token_expired"), taken, taken]
  fetched.mockImplementation(async () =>
    Response.json({ success: true, data: { user: aUser, access_token: "new", token_type: "Bearer", expires_in: 60 } }),
  )
  await Promise.all([send(), send()])
  expect(fetched).toHaveBeenCalledTimes(1)
  expect(FakeRequest.sent.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer old",
    "Bearer old",
    "Bearer new",
    "Bearer new",
  ])
})

test("a token that is refused twice is refused", async () => {
  FakeRequest.answers = [refused(401, "token_expired"), refused(401, "token_expired")]
  fetched.mockImplementation(async () =>
    Response.json({ success: true, data: { user: aUser, access_token: "new", token_type: "Bearer", expires_in: 60 } }),
  )
  await expect(send()).rejects.toMatchObject({ status: 401 })
  expect(FakeRequest.sent).toHaveLength(2)
  expect(fetched).toHaveBeenCalledTimes(1)
})

test("a refusal keeps its code, its words, its wait and its request id", async () => {
  FakeRequest.answers = [refused(429, "too_many_requests", { "retry-after": "7" })]
  const failure = await send().catch((cause: unknown) => cause)
  expect(failure).toBeInstanceOf(ApiError)
  expect(failure).toMatchObject({ status: 429, code: "too_many_requests", retryAfterS: 7, requestId: "req_1" })
})

test("a proxy's page and a broken line are failures with a status", async () => {
  FakeRequest.answers = [
    { status: 502, body: "<h1>Bad gateway</h1>" },
    { status: 200, body: "<h1>Hello</h1>" },
    "broken",
  ]
  await expect(send()).rejects.toMatchObject({ status: 502, code: "http_502" })
  await expect(send()).rejects.toMatchObject({ status: 200 })
  await expect(send()).rejects.toMatchObject({ status: 0, code: "offline" })
})

test("cancelling is no failure, before and while it is sent", async () => {
  const abort = new AbortController()
  const sending = send(abort.signal).catch((cause: unknown) => cause)
  abort.abort()
  expect(isCancelled(await sending)).toBe(true)
  expect(isCancelled(await send(abort.signal).catch((cause: unknown) => cause))).toBe(true)
  expect(FakeRequest.sent).toHaveLength(1)
})
