// The frame of the admin's pages: their title, and the way from one to the other.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Page } from "../../ui/Page"
import { SubNav } from "../../ui/SubNav"

interface Props {
  title: string
  lead: string
  actions?: ReactNode
  children: ReactNode
}

export function AdminFrame({ title, lead, actions, children }: Props): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={title} lead={lead} actions={actions}>
      <SubNav
        label={t`Admin`}
        places={[
          { to: "/admin", name: t`Overview` },
          { to: "/admin/orders", name: t`Orders` },
          { to: "/admin/transfers", name: t`Transfers` },
          { to: "/admin/webhooks", name: t`Webhooks` },
          { to: "/admin/users", name: t`People` },
          { to: "/admin/ledger", name: t`Ledger` },
          { to: "/admin/audit", name: t`Audit` },
        ]}
      />
      {children}
    </Page>
  )
}
