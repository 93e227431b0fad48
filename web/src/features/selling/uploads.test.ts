// The queue: two at a time, pauses that end by themselves, nothing lost when something fails, nothing kept by who left.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { ApiError } from "../../lib/errors"
import type { SendFile } from "../../lib/upload"
import { aBlob, aFile, refusal } from "../../testing/selling"
import { UploadQueue } from "./uploads"

interface Sending {
  path: string
  progress: (sent_bytes: number) => void
  done: (status?: number) => void
  fail: (cause: ApiError) => void
  aborted: boolean
}

let sendings: Sending[] = []
const send: SendFile = ({ path, onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const sending: Sending = {
      path,
      progress: (sent) => onProgress?.(sent),
      done: (status = 201) => resolve({ data: aFile(1) as never, status }),
      fail: reject,
      aborted: false,
    }
    signal?.addEventListener("abort", () => {
      sending.aborted = true
      reject(new DOMException("Cancelled.", "AbortError"))
    })
    sendings.push(sending)
  })

const settled = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined)
const states = (queue: UploadQueue) => queue.get().map(({ state }) => state)
const MOST = 10_000
let queue: UploadQueue

beforeEach(() => {
  vi.useFakeTimers()
  sendings = []
  queue = new UploadQueue(send)
})
afterEach(() => {
  queue.clear()
  vi.useRealTimers()
})

test("two are sent at a time, in their order", async () => {
  queue.add("p", [aBlob("a b.wav"), aBlob("c.wav"), aBlob("d.wav")], MOST)
  expect(states(queue)).toEqual(["sending", "sending", "waiting"])
  expect(sendings[0]?.path).toBe("/api/v1/marketplace/products/p/files?filename=a%20b.wav")
  sendings[0]?.done()
  await settled()
  expect(states(queue)).toEqual(["done", "sending", "sending"])
  expect(queue.get()[0]).toMatchObject({ wasThere: false, file: { id: aFile(1).id } })
})

test("200 means that the file was there", async () => {
  queue.add("p", [aBlob("a.wav")], MOST)
  sendings[0]?.done(200)
  await settled()
  expect(queue.get()[0]?.wasThere).toBe(true)
})

test("what cannot succeed is not sent", () => {
  queue.add("p", [aBlob("empty.wav", 0), aBlob("huge.wav", MOST + 1), aBlob("just.wav", MOST)], MOST)
  expect(queue.get().map(({ failure }) => failure?.code)).toEqual(["empty_file", "payload_too_large", undefined])
  expect(sendings).toHaveLength(1)
  expect(queue.get().map(({ id }) => queue.canRetry(id))).toEqual([false, false, true])
})

test("a failure waits for its person, and the others go on", async () => {
  queue.add("p", [aBlob("a.wav"), aBlob("b.wav"), aBlob("c.wav")], MOST)
  sendings[0]?.fail(refusal(0, "offline", ""))
  await settled()
  expect(states(queue)).toEqual(["failed", "sending", "sending"])
  sendings[1]?.done()
  sendings[2]?.done()
  await settled()
  queue.retry(queue.get()[0]?.id ?? 0)
  expect(queue.get()[0]).toMatchObject({ state: "sending", failure: null, sent_bytes: 0 })
})

test("when the server asks for a pause nothing new is sent until it is over", async () => {
  queue.add("p", [aBlob("a.wav"), aBlob("b.wav"), aBlob("c.wav")], MOST)
  sendings[0]?.fail(refusal(429, "too_many_requests", "", 5))
  await settled()
  expect(states(queue)).toEqual(["paused", "sending", "waiting"])
  sendings[1]?.done()
  await settled()
  expect(states(queue)).toEqual(["paused", "done", "waiting"])
  await vi.advanceTimersByTimeAsync(5000)
  expect(states(queue)).toEqual(["sending", "done", "sending"])
})

test("a pause of a file that was taken off still ends", async () => {
  queue.add("p", [aBlob("a.wav"), aBlob("b.wav"), aBlob("c.wav")], MOST)
  sendings[0]?.fail(refusal(429, "too_many_requests", "", 5))
  await settled()
  queue.remove(queue.get()[0]?.id ?? 0)
  await vi.advanceTimersByTimeAsync(5000)
  expect(states(queue)).toEqual(["sending", "sending"])
})

test("taking a file off stops it and lets the next one go", async () => {
  queue.add("p", [aBlob("a.wav"), aBlob("b.wav"), aBlob("c.wav")], MOST)
  queue.remove(queue.get()[0]?.id ?? 0)
  await settled()
  expect(sendings[0]?.aborted).toBe(true)
  expect(states(queue)).toEqual(["sending", "sending"])
})

test("the speed is told twice a second at most", async () => {
  queue.add("p", [aBlob("a.wav", 8000)], MOST)
  sendings[0]?.progress(1000)
  expect(queue.get()[0]?.sent_bytes).toBe(0)
  await vi.advanceTimersByTimeAsync(1000)
  sendings[0]?.progress(4000)
  expect(queue.get()[0]).toMatchObject({ sent_bytes: 4000, speed_bytes_s: 4000 })
})

test("closing the tab asks only while something is on its way", async () => {
  const leaves = (): boolean => globalThis.dispatchEvent(new Event("beforeunload", { cancelable: true }))
  queue.add("p", [aBlob("a.wav")], MOST)
  expect(leaves()).toBe(false)
  sendings[0]?.done()
  await settled()
  expect(leaves()).toBe(true)
})

test("clearing stops everything", async () => {
  queue.add("p", [aBlob("a.wav"), aBlob("b.wav"), aBlob("c.wav")], MOST)
  queue.clear()
  await settled()
  expect(queue.get()).toEqual([])
  expect(sendings.every(({ aborted }) => aborted)).toBe(true)
})
