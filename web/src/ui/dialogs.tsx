// Dialogs, by Base UI: focus is trapped and returned, Esc closes. Loaded only when one is about to open.
import { AlertDialog } from "@base-ui/react/alert-dialog"
import { Dialog } from "@base-ui/react/dialog"
import type { ReactNode, RefObject } from "react"

const BACKDROP = "fixed inset-0 z-40 bg-black/50"
const POPUP =
  "pop fixed top-1/2 left-1/2 z-50 grid max-h-[90dvh] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 gap-4 overflow-auto rounded-2xl bg-raised p-6 text-text shadow-2xl"

interface Props {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children: ReactNode
}

interface PlainProps extends Props {
  /** What has the focus once it is closed, where what opened it goes away with it; null: what had it before. */
  after?: () => HTMLElement | null
}

export function PlainDialog({ open, onClose, title, description, after, children }: PlainProps): ReactNode {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup className={POPUP} finalFocus={after}>
          <Dialog.Title className="font-bold text-xl">{title}</Dialog.Title>
          {description ? <Dialog.Description className="text-muted">{description}</Dialog.Description> : null}
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** For what cannot be undone. `safe` receives focus: pressing Enter by habit changes nothing. */
export function ConfirmDialog({
  safe,
  open,
  onClose,
  title,
  description,
  children,
}: Props & {
  safe: RefObject<HTMLElement | null>
}): ReactNode {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={BACKDROP} />
        <AlertDialog.Popup className={POPUP} initialFocus={safe}>
          <AlertDialog.Title className="font-bold text-xl">{title}</AlertDialog.Title>
          {description ? <AlertDialog.Description className="text-muted">{description}</AlertDialog.Description> : null}
          {children}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
