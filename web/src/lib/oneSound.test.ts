// One sound at a time.
import { expect, test, vi } from "vitest"
import { leaveSound, takeSound } from "./oneSound"

test("whoever starts stops whoever was heard", () => {
  const [first, second] = [vi.fn(), vi.fn()]
  takeSound(first)
  takeSound(first)
  expect(first).not.toHaveBeenCalled()
  takeSound(second)
  expect(first).toHaveBeenCalledTimes(1)
  takeSound(first)
  expect(second).toHaveBeenCalledTimes(1)
  leaveSound(first)
})

test("whoever left is not asked to stop", () => {
  const [first, second] = [vi.fn(), vi.fn()]
  takeSound(first)
  leaveSound(first)
  takeSound(second)
  expect(first).not.toHaveBeenCalled()
  leaveSound(second)
})
