// The page for an address that leads nowhere.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { buttonClass } from "../ui/Button"
import { Page } from "../ui/Page"

export function NotFound(): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={t`There is nothing here`} lead={t`The address may be mistyped, or what was here has moved.`}>
      <Link to="/" className={buttonClass()}>
        <Trans>Go home</Trans>
      </Link>
    </Page>
  )
}
