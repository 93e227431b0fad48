// Asks before a new key: the old one stops at once and cuts a running broadcast. Enter by habit changes nothing.
import { Trans, useLingui } from "@lingui/react/macro"
import { type FormEvent, type ReactNode, useRef, useState } from "react"
import { asApiError } from "../../../lib/errors"
import type { Stream } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { ConfirmDialog } from "../../../ui/dialogs"
import { TextField } from "../../../ui/Field"
import { toast } from "../../../ui/toasts"
import { useNewKey } from "./useStreamKey"

interface Props {
  stream: Stream
  open: boolean
  onClose: () => void
  onRenewed: () => void
}

function Body({
  stream,
  onClose,
  onRenewed,
  safe,
}: Omit<Props, "open"> & { safe: React.RefObject<HTMLButtonElement | null> }): ReactNode {
  const { t } = useLingui()
  const [typed, setTyped] = useState("")
  const renew = useNewKey(stream.id, () => {
    toast(t`New stream key made. It stays hidden.`)
    onRenewed()
  })
  const ready = !stream.is_live || typed.trim() === stream.title.trim()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (ready) renew.mutate()
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      {stream.is_live ? (
        <TextField
          label={t`Type the stream’s title to confirm`}
          help={stream.title}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      ) : null}
      {renew.error ? (
        <p role="alert" className="text-danger">
          {asApiError(renew.error).message}
        </p>
      ) : null}
      <div className="flex flex-wrap justify-end gap-2">
        <Button ref={safe} look="quiet" onClick={onClose}>
          <Trans>Keep the old key</Trans>
        </Button>
        <Button type="submit" look="danger" writes busy={renew.isPending} aria-disabled={!ready}>
          <Trans>Make a new key</Trans>
        </Button>
      </div>
    </form>
  )
}

export function NewKeyDialog({ open, ...rest }: Props): ReactNode {
  const { t } = useLingui()
  const safe = useRef<HTMLButtonElement>(null)
  return (
    <ConfirmDialog
      open={open}
      onClose={rest.onClose}
      safe={safe}
      title={t`Make a new stream key?`}
      description={
        rest.stream.is_live
          ? t`You are live. The old key stops at once and this broadcast is cut within a second.`
          : t`The old key stops at once. Your encoder needs the new one before you can go live again.`
      }
    >
      <Body {...rest} safe={safe} />
    </ConfirmDialog>
  )
}
