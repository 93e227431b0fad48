// Takes a product down, after a reason was written. Nothing happens without one.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useState } from "react"
import { AskFirstButton } from "../../../ui/AskFirstButton"
import { TextArea } from "../../../ui/Field"
import { takeDown } from "../api"

const REASON_MAX = 500

export function TakeDownButton({ productId, onSettled }: { productId: string; onSettled: () => unknown }): ReactNode {
  const { t } = useLingui()
  const [reason, setReason] = useState("")
  const [missing, setMissing] = useState(false)
  const isReady = (): boolean => {
    setMissing(!reason.trim())
    return reason.trim() !== ""
  }
  return (
    <AskFirstButton
      look="danger"
      label={t`Take down`}
      title={t`Take this product down?`}
      description={t`Nobody but its seller and the staff will see it, its cover or its previews. Whoever bought it keeps it.`}
      keep={t`Leave it up`}
      confirm={t`Take down`}
      done={t`Taken down. Its seller sees the reason.`}
      action={() => takeDown(productId, reason.trim())}
      onSettled={onSettled}
      isReady={isReady}
    >
      <TextArea
        label={t`Reason`}
        help={t`Its seller reads this.`}
        maxLength={REASON_MAX}
        required
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        error={missing ? t`Write why.` : undefined}
      />
    </AskFirstButton>
  )
}
