// The queue of files on their way into products. It stands outside React: moving between pages does not stop it.
// Two files travel at a time; what a failure means to people is said by useUploadWords.ts.
import { ApiError, asApiError } from "../../lib/errors"
import { session } from "../../lib/session"
import type { ProductFile } from "../../lib/types"
import { isCancelled, type SendFile, sendFile } from "../../lib/upload"

export interface Upload {
  readonly id: number
  readonly productId: string
  readonly name: string
  readonly size_bytes: number
  /** `paused`: the server asked for a break; it goes on by itself at `resumesAt_ms`. */
  readonly state: "waiting" | "sending" | "paused" | "failed" | "done"
  readonly sent_bytes: number
  readonly speed_bytes_s: number | null
  readonly resumesAt_ms: number | null
  readonly failure: ApiError | null
  readonly file: ProductFile | null
  /** The same content was in the product already. */
  readonly wasThere: boolean
}

const AT_ONCE = 2
const PAUSE_S = 30
const MEASURE_MS = 500
/** How much of an older measure of speed stays in a new one. */
const INERTIA = 0.7

interface Running {
  abort: AbortController
  measuredAt_ms: number
  measured_bytes: number
}

export class UploadQueue {
  #uploads: readonly Upload[] = []
  #nextId = 1
  #holdUntil_ms = 0
  readonly #blobs = new Map<number, Blob>()
  readonly #running = new Map<number, Running>()
  readonly #listeners = new Set<() => void>()
  readonly #send: SendFile

  constructor(send: SendFile = sendFile) {
    this.#send = send
  }

  get = (): readonly Upload[] => this.#uploads

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  add(productId: string, files: readonly File[], most_bytes: number): void {
    const added = files.map((file): Upload => {
      const code = file.size === 0 ? "empty_file" : file.size > most_bytes ? "payload_too_large" : null
      const id = this.#nextId++
      if (!code) this.#blobs.set(id, file)
      return {
        id,
        productId,
        name: file.name,
        size_bytes: file.size,
        state: code ? "failed" : "waiting",
        sent_bytes: 0,
        speed_bytes_s: null,
        resumesAt_ms: null,
        // Never sent: status -1 tells it from what the server refused.
        failure: code ? new ApiError("", { status: -1, code }) : null,
        file: null,
        wasThere: false,
      }
    })
    this.#publish([...this.#uploads, ...added])
    this.#pump()
  }

  /** Stops it, wherever it is, and takes it off the list. */
  remove(id: number): void {
    this.#running.get(id)?.abort.abort()
    this.#blobs.delete(id)
    this.#publish(this.#uploads.filter((upload) => upload.id !== id))
    this.#pump()
  }

  canRetry = (id: number): boolean => this.#blobs.has(id)

  retry(id: number): void {
    if (!this.canRetry(id)) return
    this.#change(id, { state: "waiting", sent_bytes: 0, speed_bytes_s: null, failure: null })
    this.#pump()
  }

  /** Everything of everybody: whoever signed out takes nothing along. */
  clear(): void {
    this.#blobs.clear()
    this.#publish([])
    for (const { abort } of this.#running.values()) abort.abort()
  }

  #pump(): void {
    if (Date.now() < this.#holdUntil_ms) return
    for (const upload of this.#uploads) {
      if (this.#running.size >= AT_ONCE) return
      if (upload.state === "waiting" && !this.#running.has(upload.id)) void this.#run(upload)
    }
  }

  async #run({ id, productId, name }: Upload): Promise<void> {
    const body = this.#blobs.get(id)
    if (!body) return
    const abort = new AbortController()
    this.#running.set(id, { abort, measuredAt_ms: Date.now(), measured_bytes: 0 })
    this.#change(id, { state: "sending", sent_bytes: 0 })
    try {
      const { data, status } = await this.#send<ProductFile>({
        method: "POST",
        path: `/api/v1/marketplace/products/${productId}/files?filename=${encodeURIComponent(name)}`,
        body,
        signal: abort.signal,
        onProgress: (sent_bytes) => this.#progress(id, sent_bytes),
      })
      this.#blobs.delete(id)
      this.#change(id, { state: "done", sent_bytes: body.size, file: data, wasThere: status === 200 })
    } catch (cause) {
      if (!isCancelled(cause)) this.#failed(id, asApiError(cause))
    } finally {
      this.#running.delete(id)
      this.#pump()
      this.#guard()
    }
  }

  #progress(id: number, sent_bytes: number): void {
    const running = this.#running.get(id)
    const upload = this.#uploads.find((one) => one.id === id)
    if (!(running && upload)) return
    const passed_ms = Date.now() - running.measuredAt_ms
    if (sent_bytes < running.measured_bytes) running.measured_bytes = 0
    if (passed_ms < MEASURE_MS && sent_bytes < upload.size_bytes) return
    const now_bytes_s = ((sent_bytes - running.measured_bytes) / Math.max(1, passed_ms)) * 1000
    const before = upload.speed_bytes_s
    const speed_bytes_s = before === null ? now_bytes_s : before * INERTIA + now_bytes_s * (1 - INERTIA)
    running.measuredAt_ms = Date.now()
    running.measured_bytes = sent_bytes
    this.#change(id, { sent_bytes, speed_bytes_s })
  }

  #failed(id: number, failure: ApiError): void {
    if (failure.status === 429) this.#pause(id, (failure.retryAfterS ?? PAUSE_S) * 1000)
    else this.#change(id, { state: "failed", failure })
  }

  /** The limit is the person's, not the file's: nothing new is sent until the pause is over. */
  #pause(id: number, wait_ms: number): void {
    const resumesAt_ms = Date.now() + wait_ms
    this.#holdUntil_ms = Math.max(this.#holdUntil_ms, resumesAt_ms)
    this.#change(id, { state: "paused", sent_bytes: 0, resumesAt_ms })
    setTimeout(() => {
      if (this.#holdUntil_ms === resumesAt_ms) this.#holdUntil_ms = 0
      const still = this.#uploads.find((upload) => upload.id === id)
      if (still?.state === "paused") this.#change(id, { state: "waiting", resumesAt_ms: null })
      this.#pump()
    }, wait_ms)
  }

  #change(id: number, change: Partial<Upload>): void {
    this.#publish(this.#uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)))
  }

  #publish(uploads: readonly Upload[]): void {
    this.#uploads = uploads
    this.#guard()
    for (const listener of this.#listeners) listener()
  }

  /** While something is on its way, closing the tab asks first. */
  #guard(): void {
    const busy = this.#uploads.some(({ state }) => isUnderWay(state))
    if (busy) globalThis.addEventListener("beforeunload", askFirst)
    else globalThis.removeEventListener("beforeunload", askFirst)
  }
}

const askFirst = (event: Event): void => event.preventDefault()

export const isUnderWay = (state: Upload["state"]): boolean =>
  state === "waiting" || state === "sending" || state === "paused"

export const uploads = new UploadQueue()

session.subscribe(() => {
  if (session.get().status === "out" && uploads.get().length > 0) uploads.clear()
})
