// The pure parts of the studio: which stream it opens, what a form becomes, what the ffmpeg line shows.
import { expect, test } from "vitest"
import { aDraft, anEnded, aStream, FALSE_KEY } from "../../../testing/fixtures"
import { ffmpegLine } from "./EncoderHelp"
import { pickStream } from "./GoLiveView"
import { toInput } from "./StreamForm"

test("opens the stream asked for, else the one on air, else the newest", () => {
  const draft = { ...aDraft(), id: "draft" }
  const live = { ...aStream(), id: "live" }
  const ended = { ...anEnded(), id: "ended" }
  expect(pickStream([draft, live, ended], "ended")?.id).toBe("ended")
  expect(pickStream([draft, live, ended], undefined)?.id).toBe("live")
  expect(pickStream([draft, ended], "gone")?.id).toBe("draft")
  expect(pickStream([], undefined)).toBeUndefined()
})

test("tags are split, trimmed, without # and without doubles", () => {
  const input = toInput({
    title: "  A set ",
    description: "",
    category: "music",
    tags: " #house, vinyl ,, house",
    record: true,
  })
  expect(input).toEqual({ title: "A set", description: "", category: "music", tags: ["house", "vinyl"], record: true })
})

test("the command carries the key only when it is shown", () => {
  expect(ffmpegLine("rtmp://localhost:1935/live/", null)).toContain('"rtmp://localhost:1935/live/KEY"')
  expect(ffmpegLine("rtmp://localhost:1935/live", FALSE_KEY)).toContain(FALSE_KEY)
})
