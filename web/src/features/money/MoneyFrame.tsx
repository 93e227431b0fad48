// The frame of the pages about selling: their title, and the way from one to the other.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Page } from "../../ui/Page"
import { SubNav } from "../../ui/SubNav"

export function MoneyFrame({ title, lead, children }: { title: string; lead: string; children: ReactNode }): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={title} lead={lead}>
      <SubNav
        label={t`Selling`}
        places={[
          { to: "/sell/money", name: t`Money` },
          { to: "/sell/sales", name: t`Sales` },
          { to: "/sell/transfers", name: t`Transfers` },
          { to: "/sell/products", name: t`My products` },
        ]}
      />
      {children}
    </Page>
  )
}
