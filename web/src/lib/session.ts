// Who is signed in. The access token lives in this module's memory only; the refresh token is a cookie no script can read.
// Refreshing is single-flight within the tab (one promise) and across tabs (Web Locks, news by BroadcastChannel).
import { errorFrom } from "./errors"
import type { AuthResult, User } from "./types"

type SessionStatus = "starting" | "in" | "expired" | "out"

export interface SessionState {
  status: SessionStatus
  /** Kept while `expired`, so that the dialog can say whose password it asks for. */
  user: User | null
}

type News = { kind: "token"; token: string; user: User } | { kind: "out" }

const HINT = "veza.signed_in"
const LOCK = "veza.refresh"
const REFRESH_URL = "/api/v1/auth/refresh"

function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(HINT, "1")
    else localStorage.removeItem(HINT)
  } catch {
    // Private windows may refuse storage: the session then lives as long as the tab.
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(HINT) === "1"
  } catch {
    return false
  }
}

function underLock<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work()
}

export class SessionStore {
  #state: SessionState = { status: "starting", user: null }
  #token: string | null = null
  #refreshing: Promise<boolean> | null = null
  readonly #listeners = new Set<() => void>()
  readonly #channel: BroadcastChannel | null

  constructor(channelName = "veza.session") {
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(channelName)
    this.#channel?.addEventListener("message", (event: MessageEvent<News>) => this.#hear(event.data))
  }

  get = (): SessionState => this.#state
  accessToken = (): string | null => this.#token

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Called once at start. A visitor who never signed in costs no request. */
  async start(): Promise<void> {
    if (this.#state.status !== "starting") return
    if (!remembered()) {
      this.#set({ status: "out", user: null })
      return
    }
    await this.refresh()
  }

  /** After register and login. */
  adopt(result: Pick<AuthResult, "access_token" | "user">): void {
    this.#accept(result.access_token, result.user)
    this.#channel?.postMessage({ kind: "token", token: result.access_token, user: result.user } satisfies News)
  }

  /** True when a fresh access token is in memory afterwards. Many callers share one request. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  /** Signed out by choice, or the dialog of an expired session was put away. */
  forget(): void {
    this.#leave("out")
    this.#channel?.postMessage({ kind: "out" } satisfies News)
  }

  close(): void {
    this.#channel?.close()
  }

  async #refreshOnce(): Promise<boolean> {
    const before = this.#token
    return underLock(async () => {
      // Another tab may have refreshed while we waited for the lock; its news came by the channel.
      if (this.#token !== null && this.#token !== before) return true
      const response = await globalThis
        .fetch(REFRESH_URL, {
          method: "POST",
          headers: { "content-type": "application/json" },
          credentials: "same-origin",
          body: "{}",
        })
        .catch(() => null)
      if (response?.ok) {
        const body = (await response.json()) as { data: AuthResult }
        this.adopt(body.data)
        return true
      }
      this.#refused(response)
      return false
    })
  }

  /** Only the server's "no" ends a session; a network that is away leaves it as it was. */
  #refused(response: Response | null): void {
    const denied = response !== null && errorFrom(null, response).status === 401
    if (denied) this.#leave(this.#state.user ? "expired" : "out")
    else if (this.#state.status === "starting") this.#set({ status: "out", user: null })
  }

  #accept(token: string, user: User): void {
    this.#token = token
    remember(true)
    this.#set({ status: "in", user })
  }

  #leave(status: "expired" | "out"): void {
    this.#token = null
    if (status === "out") remember(false)
    this.#set({ status, user: status === "expired" ? this.#state.user : null })
  }

  #hear(news: News): void {
    if (news.kind === "token") this.#accept(news.token, news.user)
    else this.#leave("out")
  }

  #set(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

export const session = new SessionStore()
