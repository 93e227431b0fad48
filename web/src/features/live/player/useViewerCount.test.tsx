// The count is asked every 5 s, not at all while hidden; after errors the last number stays and is marked stale.
import { focusManager } from "@tanstack/react-query"
import { act, type ReactNode } from "react"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { render } from "../../../testing/render"
import { useViewerCount } from "./useViewerCount"

const fetched = vi.spyOn(globalThis, "fetch")
let watching = 10

function Probe({ pushed = false }: { pushed?: boolean }): ReactNode {
  const { count, stale } = useViewerCount("s", 3, true, pushed)
  return <output data-stale={stale}>{count}</output>
}

/** Only the test moves the clock. */
const pass = (ms: number): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms)
  })

const shows = (page: HTMLElement, text: string): Promise<void> =>
  vi.waitFor(async () => {
    await pass(0)
    expect(page.textContent).toBe(text)
  })

beforeEach(() => {
  vi.useFakeTimers()
  watching = 10
  fetched.mockReset()
  fetched.mockImplementation(async () => Response.json({ success: true, data: { viewer_count: watching } }))
})

afterEach(() => {
  focusManager.setFocused(undefined)
  vi.useRealTimers()
})

test("asks every 5 s", async () => {
  const { page, unmount } = await render(<Probe />)
  await shows(page, "10")
  watching = 11
  await pass(5000)
  await shows(page, "11")
  expect(fetched).toHaveBeenCalledTimes(2)
  await unmount()
})

test("does not ask while the page is hidden, and asks at once when it is back", async () => {
  const { page, unmount } = await render(<Probe />)
  await shows(page, "10")
  focusManager.setFocused(false)
  await pass(60_000)
  expect(fetched).toHaveBeenCalledTimes(1)
  watching = 12
  await act(async () => focusManager.setFocused(true))
  await shows(page, "12")
  await unmount()
})

test("keeps the last number after an error, and marks it stale after 15 s", async () => {
  const { page, unmount } = await render(<Probe />)
  await shows(page, "10")
  fetched.mockImplementation(async () =>
    Response.json({ success: false, error: "busy", code: "busy" }, { status: 503 }),
  )
  await pass(10_000)
  expect(page.querySelector("output")?.dataset.stale).toBe("false")
  await pass(10_000)
  expect(page.textContent).toBe("10")
  expect(page.querySelector("output")?.dataset.stale).toBe("true")
  await unmount()
})

test("asks rarely while a socket tells the count, which is not stale for being quiet", async () => {
  const { page, unmount } = await render(<Probe pushed />)
  await shows(page, "10")
  await pass(29_000)
  expect(fetched).toHaveBeenCalledTimes(1)
  expect(page.querySelector("output")?.dataset.stale).toBe("false")
  await pass(1000)
  expect(fetched).toHaveBeenCalledTimes(2)
  await unmount()
})
