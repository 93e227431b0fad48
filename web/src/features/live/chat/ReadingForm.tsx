// How I read chats, on this browser: times, and what a screen reader says by itself.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { usePref } from "../../../lib/prefs"
import { CheckField, SelectField } from "../../../ui/Field"

export function ReadingForm(): ReactNode {
  const { t } = useLingui()
  const [times, setTimes] = usePref("chat_times")
  const [voice, setVoice] = usePref("chat_voice")
  return (
    <div className="grid gap-4">
      <CheckField
        label={t`Show when each message was written`}
        checked={times === "on"}
        onChange={(event) => setTimes(event.target.checked ? "on" : "off")}
      />
      <SelectField
        label={t`Screen readers announce`}
        help={t`Only for screen readers. The messages themselves can always be read one by one with the arrow keys.`}
        value={voice}
        onChange={(event) => setVoice(event.target.value as typeof voice)}
      >
        <option value="batched">{t`Messages, and counts when it is busy`}</option>
        <option value="mentions">{t`Only messages that mention me`}</option>
        <option value="all">{t`Every message`}</option>
        <option value="off">{t`Nothing`}</option>
      </SelectField>
      <p className="text-muted text-sm">
        <Trans>Kept on this device.</Trans>
      </p>
    </div>
  )
}
