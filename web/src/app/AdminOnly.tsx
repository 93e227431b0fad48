// Guards the admin's pages. Whoever is none reads what is missing, and nothing of what there is.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { useSession } from "../lib/useSession"
import { buttonClass } from "../ui/Button"
import { Page } from "../ui/Page"
import { SignedInOnly } from "./SignedInOnly"

function Denied(): ReactNode {
  const { t } = useLingui()
  return (
    <Page
      title={t`This page is for admins`}
      lead={t`Your account lacks that right. Whoever runs this server can give it to you.`}
    >
      <Link to="/" className={buttonClass()}>
        <Trans>Go home</Trans>
      </Link>
    </Page>
  )
}

export function AdminOnly({ children }: { children: ReactNode }): ReactNode {
  const { user } = useSession()
  return <SignedInOnly>{user?.role === "admin" ? children : <Denied />}</SignedInOnly>
}
