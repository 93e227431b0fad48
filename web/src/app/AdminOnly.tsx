// Guards the admin's pages. Whoever is none reads what is missing, and nothing of what there is.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { totpQuery } from "../features/account/api"
import { useSession } from "../lib/useSession"
import { buttonClass } from "../ui/Button"
import { Page } from "../ui/Page"
import { PagePending } from "./PagePending"
import { SignedInOnly } from "./SignedInOnly"

/** Where the site asks it of its staff, rights wait for two-step log-in: the API answers 403 until then. */
function TwoStepFirst(): ReactNode {
  const { t } = useLingui()
  return (
    <Page
      title={t`Turn on two-step log-in first`}
      lead={t`The staff of this site need it. Your rights wait until it is on.`}
    >
      <Link to="/settings/two-step" className={buttonClass()}>
        <Trans>Turn it on</Trans>
      </Link>
    </Page>
  )
}

function Checked({ children }: { children: ReactNode }): ReactNode {
  const totp = useQuery(totpQuery)
  if (totp.data?.required && !totp.data.enabled) return <TwoStepFirst />
  return totp.isPending ? <PagePending /> : children
}

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
  return <SignedInOnly>{user?.role === "admin" ? <Checked>{children}</Checked> : <Denied />}</SignedInOnly>
}
