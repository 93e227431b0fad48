// Ends the broadcast, after asking.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { Stream } from "../../../lib/types"
import { endStream } from "../api"
import { AskFirstButton } from "./AskFirstButton"

export function EndStreamButton({ stream }: { stream: Stream }): ReactNode {
  const { t } = useLingui()
  return (
    <AskFirstButton
      label={t`End stream`}
      look="danger"
      title={t`End this broadcast?`}
      description={t`Everybody who watches sees that it has ended. Stop your encoder too, or it connects again.`}
      keep={t`Stay live`}
      confirm={t`End broadcast`}
      done={t`The broadcast was ended.`}
      action={() => endStream(stream.id)}
    />
  )
}
