// The configuration is read leniently: what is missing or odd becomes the safe choice.
import { expect, test } from "vitest"
import { readConfig } from "./config"

test("reads what it knows", () => {
  const body = { version: "1", payments: { mode: "sandbox" }, live: { rtmp_url: "rtmp://h/live", grace_s: 45 } }
  expect(readConfig(body)).toEqual({ version: "1", paymentsMode: "sandbox", rtmpUrl: "rtmp://h/live", graceS: 45 })
})

test("survives anything", () => {
  for (const body of [null, 7, [], { payments: "x" }, { payments: { mode: "new" } }]) {
    expect(readConfig(body)).toEqual({ version: "", paymentsMode: "disabled", rtmpUrl: null, graceS: null })
  }
})
