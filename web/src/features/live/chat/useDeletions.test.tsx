// A page that goes: what waits is told to the server by a request that outlives it. No story can say so, since a page that
// goes takes its mock of the server along.
import { act, type ReactNode } from "react"
import { afterEach, expect, test, vi } from "vitest"
import { aMessage } from "../../../testing/chat"
import { aStream } from "../../../testing/fixtures"
import { render } from "../../../testing/render"
import { ChatLink } from "./link"
import { type Undoable, useDeletions } from "./useDeletions"
import { useLiveStreamChat } from "./useLiveStreamChat"

const silent = new ChatLink({
  open: () => new EventTarget() as WebSocket,
  ticket: () => new Promise(() => undefined),
  pageUrl: () => globalThis.location.href,
  random: () => 1,
})

let undoable: Undoable

function Probe(): ReactNode {
  undoable = useDeletions(useLiveStreamChat(aStream().id, silent), () => undefined)
  return <output>{undoable.waiting.length}</output>
}

afterEach(() => void vi.restoreAllMocks())

test("what waits goes with the page, by a request that outlives it", async () => {
  const asked = vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json({ success: true, data: {} }))
  const { page, unmount } = await render(<Probe />)
  await act(async () => undoable.deletions.begin(aMessage(1)))
  expect([page.textContent, asked.mock.calls.length]).toEqual(["1", 0])
  await act(async () => globalThis.dispatchEvent(new PageTransitionEvent("pagehide")))
  const told = asked.mock.calls.map(([request]) => request as Request)
  expect(told.map(({ method, keepalive, url }) => [method, keepalive, url.endsWith(aMessage(1).id)])).toEqual([
    ["DELETE", true, true],
  ])
  expect(page.textContent).toBe("0")
  await unmount()
})
