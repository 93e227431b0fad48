// The frame of one's settings: their title, and the way from one to the other.
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

export function SettingsFrame({ title, lead, actions, children }: Props): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={title} lead={lead} actions={actions}>
      <SubNav
        label={t`Settings`}
        places={[
          { to: "/settings/profile", name: t`Profile` },
          { to: "/settings/password", name: t`Password` },
          { to: "/settings/two-step", name: t`Two-step log-in` },
          { to: "/settings/sessions", name: t`Sessions` },
          { to: "/settings/notifications", name: t`Notifications` },
          { to: "/settings/data", name: t`Your data` },
        ]}
      />
      {children}
    </Page>
  )
}

/** A part of a settings page, with its own heading; narrow enough to read and to fill in. */
export function Card({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section aria-label={title} className="grid max-w-2xl gap-4 rounded-2xl bg-surface p-4 ring-1 ring-line sm:p-6">
      <h2 className="font-semibold text-lg">{title}</h2>
      {children}
    </section>
  )
}
