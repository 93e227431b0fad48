// The envelope comes off, refusals become ApiError, and an expired token is renewed once, silently, body and all.
import { beforeEach, expect, test, vi } from "vitest"
import { aStream, aUser } from "../testing/fixtures"
import { api, unwrap } from "./api"
import { ApiError } from "./errors"
import { session } from "./session"

const fetched = vi.spyOn(globalThis, "fetch")
const ok = (data: unknown) => Response.json({ success: true, data })
const expired = () =>
  Response.json({ success: false, error: "Expired.", code: "token_expired", request_id: "r1" }, { status: 401 })

beforeEach(() => {
  fetched.mockReset()
  session.forget()
})

const asRequest = (input: unknown): Request | null => (input instanceof Request ? input : null)

test("an expired token is refreshed once for all, and each request is sent again with its body", async () => {
  session.adopt({ user: aUser, access_token: "old" })
  const bodies: string[] = []
  let refreshes = 0
  fetched.mockImplementation(async (input) => {
    const request = asRequest(input)
    if (!request) {
      refreshes += 1
      return ok({ user: aUser, access_token: "new" })
    }
    if (request.headers.get("authorization") !== "Bearer new") return expired()
    bodies.push(await request.text())
    return ok(aStream())
  })
  const create = (title: string) =>
    unwrap(api.POST("/api/v1/live/streams", { body: { title, description: "", category: "music", tags: [] } }))
  const created = await Promise.all([create("one"), create("two")])
  expect(created.map(({ id }) => id)).toEqual([aStream().id, aStream().id])
  expect(refreshes).toBe(1)
  expect(bodies.sort().map((body) => JSON.parse(body).title)).toEqual(["one", "two"])
})

test("a refusal carries its code, request id, fields and the wait", async () => {
  fetched.mockResolvedValue(
    Response.json(
      {
        success: false,
        error: "Slow down.",
        code: "rate_limited",
        request_id: "r2",
        fields: [{ field: "a", message: "b" }],
      },
      { status: 429, headers: { "retry-after": "30" } },
    ),
  )
  const failure = await unwrap(api.GET("/api/v1/live/streams/me")).catch((cause: unknown) => cause)
  expect(failure).toBeInstanceOf(ApiError)
  expect(failure).toMatchObject({
    status: 429,
    code: "rate_limited",
    requestId: "r2",
    retryAfterS: 30,
    fields: [{ field: "a", message: "b" }],
  })
})

test("an answer that is no envelope is still a clear error", async () => {
  fetched.mockResolvedValue(new Response("<html>bad gateway</html>", { status: 502 }))
  const failure = await unwrap(api.GET("/api/v1/live/streams/me")).catch((cause: unknown) => cause)
  expect(failure).toMatchObject({ status: 502, code: "http_502" })
})

test("silence is an error of its own", async () => {
  fetched.mockRejectedValue(new TypeError("network"))
  const failure = await unwrap(api.GET("/api/v1/live/streams/me")).catch((cause: unknown) => cause)
  expect(failure).toMatchObject({ status: 0, code: "offline" })
})
