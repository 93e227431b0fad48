// User agents in two words.
import { expect, test } from "vitest"
import { deviceName } from "./deviceName"

test("names browser and system, and says nothing when it knows nothing", () => {
  expect(deviceName("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/156 Safari/537.36 Edg/156")).toBe(
    "Edge · Windows",
  )
  expect(deviceName("curl/8.0")).toBe("curl")
  expect(deviceName("")).toBeNull()
  expect(deviceName("something else")).toBeNull()
})
