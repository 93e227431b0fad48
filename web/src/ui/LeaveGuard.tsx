// Asks before unsaved changes are left behind: on the way to another page, and when the tab is closed.
import { Trans, useLingui } from "@lingui/react/macro"
import { useBlocker } from "@tanstack/react-router"
import { lazy, type ReactNode, Suspense, useRef } from "react"
import { Button } from "./Button"

const ConfirmDialog = lazy(() => import("./dialogs").then((module) => ({ default: module.ConfirmDialog })))

interface Props {
  isDirty: boolean
  /** A place that belongs to the same work: the address that a new product gets when it is first saved. */
  isSame?: (path: string) => boolean
}

export function LeaveGuard({ isDirty, isSame }: Props): ReactNode {
  const { t } = useLingui()
  const safe = useRef<HTMLButtonElement>(null)
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname && !isSame?.(next.pathname),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  if (status !== "blocked") return null
  return (
    <Suspense>
      <ConfirmDialog
        open
        onClose={reset}
        safe={safe}
        title={t`Leave without saving?`}
        description={t`What you changed on this page is not saved yet.`}
      >
        <div className="flex flex-wrap justify-end gap-2">
          <Button ref={safe} look="quiet" onClick={reset}>
            <Trans>Stay here</Trans>
          </Button>
          <Button look="danger" onClick={proceed}>
            <Trans>Leave</Trans>
          </Button>
        </div>
      </ConfirmDialog>
    </Suspense>
  )
}
