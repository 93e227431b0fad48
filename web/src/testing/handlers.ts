// The mock API: one handler a route, in the envelope of the real one. Stories put their own before these.

import { HttpResponse, http, type RequestHandler } from "msw"
import type { WebSocketHandler } from "msw/ws"
import type { StreamHealth } from "../lib/types"
import { someMembers } from "./chat"
import { FakeChat } from "./fakeChat"
import { aKey, aProfile, aStream, aUser, someSessions, someStreams } from "./fixtures"
import { anInitiated, anOrder, anOrderPage, aPaper, aRefundable, quoting } from "./orders"
import { aRecording, someRecordings, someSaid } from "./recordings"
import { aLibraryItem, aPage, aReviewPage, aShopProduct, aStanding, someFiles } from "./shop"

type Handler = RequestHandler | WebSocketHandler

const at = (path: string): string => `/api/v1${path}`

export const ok = (data: unknown, status = 200) =>
  HttpResponse.json({ success: true, data: data as object }, { status })

interface Failure {
  code?: string
  error?: string
  fields?: Array<{ field: string; message: string }>
}

export const fail = (status: number, { code = "failed", error = "Something is not right.", fields }: Failure = {}) =>
  HttpResponse.json(
    { success: false, error, code, request_id: "req_0000example", ...(fields ? { fields } : {}) },
    { status },
  )

const authResult = () => ({ user: aUser, access_token: "not-a-token", token_type: "Bearer", expires_in: 3600 })

export const loggedIn = () => ok(authResult())

/** `answer("get", "/live/streams", …)`; a promise that never settles shows the loading state. */
export function answer(
  method: "get" | "post" | "put" | "delete",
  path: string,
  reply: () => Response | Promise<Response>,
): RequestHandler {
  return http[method](at(path), () => reply() as never)
}

export const never = (): Promise<Response> => new Promise(() => undefined)

export const aSignal = (): StreamHealth => ({
  measured_at: "2026-02-20T20:00:00Z",
  encoder: {
    video_bps: 3_012_400,
    audio_bps: 160_300,
    fps: 29.97,
    keyframe_interval_ms: 2000,
    skew_ms: -12,
    longest_gap_ms: 40,
  },
  advice: [],
})

const routes: Handler[] = [
  answer("get", "/config", () =>
    ok({ version: "0.0.0", currency: "EUR", payments: { mode: "disabled" }, live: { grace_s: 30 } }),
  ),
  answer("post", "/auth/register", () => ok(authResult(), 201)),
  answer("post", "/auth/login", loggedIn),
  answer("post", "/auth/refresh", () => ok(authResult())),
  answer("post", "/auth/logout", () => ok({})),
  answer("post", "/auth/password/forgot", () => ok({})),
  answer("post", "/auth/password/reset", () => ok({})),
  answer("post", "/auth/email/resend", () => ok({})),
  answer("post", "/auth/email/verify", () => ok({ user: authResult().user })),
  answer("get", "/auth/totp", () => ok({ enabled: false, required: false, recovery_codes_left: 0 })),
  answer("get", "/auth/sessions", () => ok({ sessions: someSessions(), total: 2 })),
  answer("delete", "/auth/sessions/:id", () => ok({})),
  answer("get", "/live/streams/me/key", () => ok(aKey())),
  answer("post", "/live/streams/me/key/regenerate", () => ok(aKey({ stream_key: "vz_ANOTHER_FALSE_KEY_11111111111" }))),
  answer("get", "/live/streams/me", () => ok({ streams: [{ ...aStream(), stream_key: aKey().stream_key }], total: 1 })),
  answer("get", "/live/streams/following", () => ok({ streams: [], total: 0, limit: 20, offset: 0 })),
  answer("post", "/chat/ticket", () =>
    ok({ ticket: "a-false-ticket", url: "ws://localhost:8080/api/v1/ws", expires_in: 30 }, 201),
  ),
  answer("get", "/live/streams/:id/chat/members", () => ok(someMembers())),
  answer("get", "/live/streams/:id/chat/moderators", () => ok({ moderators: [], total: 0 })),
  answer("get", "/live/streams/:id/recordings", () => ok(someRecordings())),
  answer("get", "/live/recordings/:id/chat", () => ok(someSaid())),
  answer("get", "/live/recordings/:id", () => ok(aRecording())),
  answer("put", "/live/recordings/:id", () => ok(aRecording({ is_published: true }))),
  answer("delete", "/live/recordings/:id", () => ok({})),
  answer("get", "/live/streams/:id/health", () => ok(aSignal())),
  answer("get", "/live/streams/:id/viewers", () => ok({ viewer_count: 128 })),
  answer("post", "/live/streams/:id/end", () => ok(aStream({ status: "ended", is_live: false }))),
  answer("get", "/live/streams/:id", () => ok(aStream())),
  answer("put", "/live/streams/:id", () => ok(aStream())),
  answer("get", "/live/streams", () => ok({ streams: someStreams(), total: 6, limit: 48, offset: 0 })),
  answer("post", "/live/streams", () => ok(aStream(), 201)),
  answer("get", "/users/:username/products", () => ok(aPage())),
  answer("get", "/users/:username", () => ok(aProfile())),
  answer("get", "/marketplace/library", () =>
    ok({ items: [aLibraryItem(1), aLibraryItem(2)], total: 2, limit: 20, offset: 0 }),
  ),
  quoting(),
  answer("post", "/marketplace/orders", () => ok(anOrder(), 201)),
  answer("post", "/marketplace/orders/:id/pay", () => ok(anOrder())),
  answer("post", "/marketplace/orders/:id/cancel", () => ok(anOrder({ status: "cancelled" }))),
  answer("get", "/marketplace/orders/:id/refund", () => ok(aRefundable(anOrder().items))),
  answer("post", "/marketplace/orders/:id/refund", () => ok(anInitiated())),
  answer("get", "/marketplace/orders/:id/invoice", aPaper),
  answer("get", "/marketplace/orders/:id/refunds/:refund/credit-note", aPaper),
  answer("get", "/marketplace/orders/:id", () => ok(anOrder())),
  answer("get", "/marketplace/orders", () => ok(anOrderPage())),
  answer("get", "/marketplace/products/:id/files", () => ok({ files: someFiles(), total: 4 })),
  answer("get", "/marketplace/products/:id/reviews", () => ok(aReviewPage())),
  answer("get", "/marketplace/products/:id/standing", () => ok(aStanding())),
  answer("get", "/marketplace/products/:id", () => ok(aShopProduct())),
  answer("get", "/marketplace/products", () => ok(aPage())),
]

// For pages that have a chat beside what they are about. It never says a word: the socket contradicts no story's stream.
const quietChat = new FakeChat({ silent: true })

export const defaultHandlers: Handler[] = [...routes, quietChat.handler]

/** Handlers of one story, before the defaults. */
export const withApi = (...own: Handler[]) => ({ msw: { handlers: [...own, ...defaultHandlers] } })

/** A story with this chat instead of the quiet one: every handler of a socket hears it. `beforeEach: chat.reset` goes with it. */
export const withChat = (chat: FakeChat, ...own: Handler[]) => ({
  msw: { handlers: [...own, chat.handler, ...routes] },
})
