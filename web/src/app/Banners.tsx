// What concerns the whole page: no connection, payments that move no real money, an address not confirmed.
import { Trans } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { useConfig } from "../lib/config"
import { useOnline } from "../lib/useBrowser"
import { ConfirmBanner } from "./ConfirmBanner"

export function Banners(): ReactNode {
  const online = useOnline()
  const sandbox = useConfig()?.paymentsMode === "sandbox"
  return (
    <>
      <div role="status">
        {online ? null : (
          <p className="bg-warn-soft px-4 py-2 text-center font-medium text-sm text-warn">
            <Trans>You are offline. What is on the page stays; changes wait until you are back.</Trans>
          </p>
        )}
      </div>
      {sandbox ? (
        <p className="bg-accent-soft px-4 py-1.5 text-center text-accent text-sm">
          <Trans>Sandbox: no money moves.</Trans>
        </p>
      ) : null}
      <ConfirmBanner />
    </>
  )
}
