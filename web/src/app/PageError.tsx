// When a page itself broke. The shell around it goes on.
import { useLingui } from "@lingui/react/macro"
import type { ErrorComponentProps } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { ApiError } from "../lib/errors"
import { Page } from "../ui/Page"
import { ErrorState } from "../ui/states"

export function PageError({ error, reset }: Pick<ErrorComponentProps, "error" | "reset">): ReactNode {
  const { t } = useLingui()
  const failure =
    error instanceof ApiError
      ? error
      : new ApiError(t`Something on this page broke. Loading it again usually helps.`, { status: -1, code: "page" })
  const again = (): void => {
    // A new release may have replaced the code this page was about to load.
    if (error instanceof ApiError) reset()
    else globalThis.location.reload()
  }
  return (
    <Page title={t`This page could not be shown`}>
      <ErrorState error={failure} title={t`Not shown`} onRetry={again} />
    </Page>
  )
}
