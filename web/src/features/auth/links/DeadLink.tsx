// A link from a mail that does not work, or not any more.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Notice } from "../../../ui/states"

export function DeadLink({ children }: { children: ReactNode }): ReactNode {
  return (
    <div className="grid gap-4">
      <div role="alert">
        <Notice tone="warn">
          <Trans>
            This link does not work, or not any more. Links work once, and a newer one replaces an older one.
          </Trans>
        </Notice>
      </div>
      <div>{children}</div>
    </div>
  )
}
