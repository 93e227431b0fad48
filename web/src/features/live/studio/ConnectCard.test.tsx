// The key hides itself: after 30 s, when the tab is hidden, and it never stays in the query cache.
import { act } from "react"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { aDraft, aKey, FALSE_KEY } from "../../../testing/fixtures"
import { render, settle } from "../../../testing/render"
import { ConnectCard } from "./ConnectCard"

const fetched = vi.spyOn(globalThis, "fetch")

beforeEach(() => {
  fetched.mockImplementation(async () => Response.json({ success: true, data: aKey() }))
})

afterEach(() => {
  vi.useRealTimers()
})

const keyField = (page: HTMLElement): HTMLInputElement | null => page.querySelectorAll("input")[1] ?? null

async function shown() {
  const view = await render(<ConnectCard stream={aDraft()} />)
  await vi.waitFor(async () => {
    await settle()
    expect(keyField(view.page)).not.toBeNull()
  })
  vi.useFakeTimers()
  await act(async () => view.page.querySelector<HTMLButtonElement>('[aria-label="Show stream key"]')?.click())
  expect(keyField(view.page)?.value).toBe(FALSE_KEY)
  return view
}

test("hides after 30 s", async () => {
  const { page, unmount } = await shown()
  await act(async () => vi.advanceTimersByTime(29_900))
  expect(keyField(page)?.value).toBe(FALSE_KEY)
  await act(async () => vi.advanceTimersByTime(200))
  expect(keyField(page)?.type).toBe("password")
  expect(page.innerHTML).not.toContain(FALSE_KEY)
  await unmount()
})

test("hides when the tab does", async () => {
  const { page, unmount } = await shown()
  await act(async () => document.dispatchEvent(new Event("visibilitychange")))
  expect(keyField(page)?.value).not.toBe(FALSE_KEY)
  await unmount()
})
