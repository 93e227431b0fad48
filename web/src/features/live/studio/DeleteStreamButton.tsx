// Deletes a stream for good, after asking.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import type { Stream } from "../../../lib/types"
import { deleteStream } from "../api"
import { AskFirstButton } from "./AskFirstButton"

export function DeleteStreamButton({ stream }: { stream: Stream }): ReactNode {
  const { t } = useLingui()
  return (
    <AskFirstButton
      label={t`Delete stream`}
      look="plain"
      title={t`Delete this stream?`}
      description={t`Its page, its key and its figures are gone for good. A running broadcast is cut.`}
      keep={t`Keep it`}
      confirm={t`Delete for good`}
      done={t`The stream was deleted.`}
      action={() => deleteStream(stream.id)}
    />
  )
}
