// The configuration is read leniently: what is missing or odd becomes the safe choice.
import { expect, test } from "vitest"
import { readConfig } from "./config"

test("reads what it knows", () => {
  const body = { version: "1", payments: { mode: "sandbox" }, live: { rtmp_url: "rtmp://h/live", grace_s: 45 } }
  expect(readConfig(body)).toMatchObject({
    version: "1",
    paymentsMode: "sandbox",
    rtmpUrl: "rtmp://h/live",
    graceS: 45,
  })
})

test("survives anything", () => {
  for (const body of [null, 7, [], { payments: "x" }, { payments: { mode: "new" } }]) {
    expect(readConfig(body)).toMatchObject({ version: "", paymentsMode: "disabled", rtmpUrl: null, graceS: null })
  }
})

test("what a form needs is there even when the server does not say it", () => {
  expect(readConfig({ currency: "euros", limits: { upload_bytes_max: -1 } })).toMatchObject({
    currency: "EUR",
    uploadBytesMax: 2 * 1024 ** 3,
  })
  const body = { currency: "CHF", limits: { upload_bytes_max: 5000, image_bytes_max: 400 } }
  expect(readConfig(body)).toMatchObject({ currency: "CHF", uploadBytesMax: 5000, imageBytesMax: 400 })
})
