// The chat's codes in words. A code that this app does not know falls back to what the server said.
import { useLingui } from "@lingui/react/macro"
import { clockTime } from "../../../lib/format"

/** Why a message was refused, or cannot be written. */
export function useReasonWords(): (code: string, left_ms: number | null, fallback?: string) => string {
  const { t } = useLingui()
  return (code, left_ms, fallback) => {
    const left = left_ms === null || left_ms <= 0 ? null : clockTime(Math.ceil(left_ms / 1000))
    switch (code) {
      case "unauthenticated":
        return t`Sign in to write here.`
      case "banned":
        return t`You are banned from this chat. You can still read it.`
      case "timed_out":
        return left ? t`You are timed out. You can write again in ${left}.` : t`You are timed out.`
      case "chat_disabled":
        return t`The host has closed this chat.`
      case "followers_only":
        return t`Only followers can write here.`
      case "slow_mode":
        return left ? t`Slow mode: your next message can go in ${left}.` : t`Slow mode: wait a moment between messages.`
      case "rate_limited":
        return left
          ? t`That was a lot at once. You can write again in ${left}.`
          : t`That was a lot at once. Wait a moment.`
      case "blocked_words":
        return t`The host does not allow a word in this message.`
      case "invalid_content":
        return t`This message cannot be sent: it must be 1 to 500 characters of plain text in one line.`
      case "not_found":
        return t`This chat is gone.`
      default:
        return fallback ?? t`You cannot write here right now.`
    }
  }
}
