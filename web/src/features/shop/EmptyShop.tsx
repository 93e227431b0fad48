// A shop in which nothing is sold yet: how to fill it to look around, and how to sell.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { buttonClass } from "../../ui/Button"
import { CopyButton } from "../../ui/CopyButton"
import { EmptyState } from "../../ui/states"

const COMMAND = "veza demo"

export function EmptyShop(): ReactNode {
  const { t } = useLingui()
  return (
    <EmptyState
      icon="shop"
      title={t`Nothing is sold here yet`}
      action={
        <Link to="/sell/products" className={buttonClass()}>
          <Trans>Sell something</Trans>
        </Link>
      }
    >
      <p>
        <Trans>If this server is yours and you only want to look around, fill it with made-up music:</Trans>
      </p>
      <p className="mt-3 inline-flex items-center gap-1 rounded-lg bg-sunken ps-4">
        <code className="font-mono text-sm text-text">{COMMAND}</code>
        <CopyButton what={t`Copy the command`} value={COMMAND} />
      </p>
    </EmptyState>
  )
}
