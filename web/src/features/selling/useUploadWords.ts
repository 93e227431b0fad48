// How an upload stands, in plain words: how far, how long still, and what to do when it failed.
import { useLingui } from "@lingui/react/macro"
import type { ApiError } from "../../lib/errors"
import { fileSize } from "../../lib/format"
import type { Upload } from "./uploads"

const MINUTE_S = 60
const HOUR_S = 3600

export function useUploadWords() {
  const { t } = useLingui()

  function timeLeft(left_s: number): string {
    if (left_s < 10) return t`a few seconds left`
    if (left_s < MINUTE_S) return t`less than a minute left`
    const minutes = Math.round(left_s / MINUTE_S)
    if (left_s < HOUR_S) return minutes === 1 ? t`about a minute left` : t`about ${minutes} minutes left`
    const hours = Math.round(left_s / HOUR_S)
    return hours === 1 ? t`about an hour left` : t`about ${hours} hours left`
  }

  function failure({ code, status, message }: ApiError, most_bytes: number): string {
    const most = fileSize(most_bytes)
    if (code === "empty_file") return t`This file is empty. Nothing was sent.`
    if (status === -1) return t`This file is too large: at most ${most} can be sent.`
    if (status === 0) return t`The connection broke off. Check it, then send again.`
    if (status === 401) return t`You were signed out. Sign in, then send again.`
    // The server's own sentence says what it takes, or what is full.
    return message
  }

  function progress({ state, sent_bytes, size_bytes, speed_bytes_s, resumesAt_ms }: Upload, now_ms: number): string {
    if (state === "waiting") return t`Waiting its turn`
    if (state === "paused") {
      const left_s = Math.max(1, Math.ceil(((resumesAt_ms ?? now_ms) - now_ms) / 1000))
      return t`Too many files at once: goes on by itself in ${left_s} s`
    }
    if (sent_bytes >= size_bytes) return t`Sent. The server is putting it away…`
    const sent = fileSize(sent_bytes)
    const size = fileSize(size_bytes)
    const done = t`${sent} of ${size}`
    if (!speed_bytes_s) return done
    const speed = fileSize(speed_bytes_s)
    return `${done} · ${t`${speed} a second`} · ${timeLeft((size_bytes - sent_bytes) / speed_bytes_s)}`
  }

  return { failure, progress }
}
