// One refresh for many callers, in one tab and across tabs; only the server's "no" ends a session.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { aUser } from "../testing/fixtures"
import { SessionStore } from "./session"

let stores: SessionStore[] = []
let tokens = 0

const answer = () => ({ user: aUser, access_token: `token-${++tokens}`, token_type: "Bearer", expires_in: 3600 })
const granted = async () => Response.json({ success: true, data: answer() })
const denied = async () => Response.json({ success: false, error: "no", code: "unauthenticated" }, { status: 401 })

function open(channel: string): SessionStore {
  const store = new SessionStore(channel)
  stores.push(store)
  return store
}

const fetched = vi.spyOn(globalThis, "fetch")

beforeEach(() => {
  tokens = 0
  localStorage.clear()
  fetched.mockReset()
  fetched.mockImplementation(granted)
})

afterEach(() => {
  for (const store of stores) store.close()
  stores = []
})

test("many callers share one refresh", async () => {
  const store = open("one")
  const outcomes = await Promise.all([store.refresh(), store.refresh(), store.refresh()])
  expect(outcomes).toEqual([true, true, true])
  expect(fetched).toHaveBeenCalledTimes(1)
  expect(store.accessToken()).toBe("token-1")
  const [url, init] = fetched.mock.calls[0] ?? []
  expect(url).toBe("/api/v1/auth/refresh")
  expect(init).toMatchObject({ method: "POST", body: "{}" })
})

test("a tab that waited for another tab's refresh uses its token", async () => {
  const [first, second] = [open("tabs"), open("tabs")]
  const heard = new Promise<void>((done) => {
    const stop = second.subscribe(() => {
      stop()
      done()
    })
  })
  fetched.mockImplementation(async () => {
    const response = await granted()
    const { data } = (await response.clone().json()) as { data: ReturnType<typeof answer> }
    first.adopt(data)
    await heard
    return response
  })
  await Promise.all([first.refresh(), second.refresh()])
  expect(fetched).toHaveBeenCalledTimes(1)
  expect(second.accessToken()).toBe(first.accessToken())
})

test("a visitor who never signed in costs no request", async () => {
  const store = open("visitor")
  await store.start()
  expect(store.get()).toEqual({ status: "out", user: null })
  expect(fetched).not.toHaveBeenCalled()
})

test("a refused refresh asks for the password of the same person, and keeps who it was", async () => {
  const store = open("expired")
  store.adopt(answer())
  fetched.mockImplementation(denied)
  expect(await store.refresh()).toBe(false)
  expect(store.get()).toEqual({ status: "expired", user: aUser })
  expect(store.accessToken()).toBeNull()
})

test("a network that is away leaves the session as it was", async () => {
  const store = open("offline")
  store.adopt(answer())
  fetched.mockRejectedValue(new TypeError("network"))
  expect(await store.refresh()).toBe(false)
  expect(store.get().status).toBe("in")
})

test("signing out in one tab signs out the others", async () => {
  const [first, second] = [open("leave"), open("leave")]
  const told = new Promise<void>((done) => {
    second.subscribe(() => second.get().status === "out" && done())
  })
  second.adopt(answer())
  first.forget()
  await told
  expect(second.accessToken()).toBeNull()
})
