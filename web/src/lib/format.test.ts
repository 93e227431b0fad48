// Numbers and times as words.
import { expect, test } from "vitest"
import { clockTime, relativeTime } from "./format"

test("a running clock", () => {
  expect(clockTime(5)).toBe("0:05")
  expect(clockTime(65)).toBe("1:05")
  expect(clockTime(3725)).toBe("1:02:05")
  expect(clockTime(-3)).toBe("0:00")
})

test("time that passed", () => {
  const now_ms = Date.parse("2026-01-01T12:00:00Z")
  expect(relativeTime("2026-01-01T11:55:00Z", now_ms)).toBe("5 minutes ago")
  expect(relativeTime("2025-12-31T12:00:00Z", now_ms)).toBe("yesterday")
  expect(relativeTime("2026-01-01T12:00:03Z", now_ms)).toBe("now")
  expect(relativeTime("2026-01-01T11:59:20Z", now_ms)).toBe("now")
})
