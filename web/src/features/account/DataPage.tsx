// One's data: a copy of it, and the end of the account.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { DeleteCard } from "./DeleteCard"
import { ExportCard } from "./ExportCard"
import { SettingsFrame } from "./SettingsFrame"

export function DataPage(): ReactNode {
  const { t } = useLingui()
  return (
    <SettingsFrame title={t`Your data`} lead={t`Take it with you, or have it deleted.`}>
      <div className="grid gap-6">
        <ExportCard />
        <DeleteCard />
      </div>
    </SettingsFrame>
  )
}
