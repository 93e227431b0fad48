// The pure parts of playing: back-off, the viewer in the address, which state the viewer sees.
import { expect, test } from "vitest"
import { retryDelayMs, viewerId, withViewer } from "./engine"
import { playerState, shouldAttach } from "./playerState"

test("retries wait 1 s, then longer, never more than 10 s, never less than half", () => {
  expect(retryDelayMs(0, 1)).toBe(1000)
  expect(retryDelayMs(0, 0)).toBe(500)
  expect(retryDelayMs(2, 1)).toBe(4000)
  expect(retryDelayMs(50, 1)).toBe(10_000)
})

test("one viewer a tab, added to the address without losing what is there", () => {
  expect(viewerId()).toBe(viewerId())
  expect(withViewer("http://localhost:8081/hls/x/index.m3u8?a=1", "v")).toBe(
    "http://localhost:8081/hls/x/index.m3u8?a=1&viewer=v",
  )
})

test("what the server says and what the element does make one state", () => {
  expect(playerState("draft", "idle")).toBe("waiting")
  expect(playerState("live", "loading")).toBe("loading")
  expect(playerState("live", "retrying")).toBe("interrupted")
  expect(playerState("interrupted", "buffering")).toBe("interrupted")
  expect(playerState("interrupted", "playing")).toBe("playing")
  expect(playerState("ended", "playing")).toBe("playing")
  expect(playerState("ended", "buffering")).toBe("ended")
  expect(playerState("live", "failed")).toBe("error")
})

test("a broadcast that ended plays out what is buffered, then the engine goes", () => {
  expect(shouldAttach("ended", "playing")).toBe(true)
  expect(shouldAttach("ended", "buffering")).toBe(false)
  expect(shouldAttach("draft", "playing")).toBe(false)
})
