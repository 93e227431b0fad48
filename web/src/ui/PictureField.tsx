// A picture that can be dropped, chosen, watched on its way, replaced and removed. Square: covers and avatars are.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useRef } from "react"
import type { ApiError } from "../lib/errors"
import { fileSize } from "../lib/format"
import { PICTURES, type PictureUpload } from "../lib/usePictureUpload"
import { Button } from "./Button"
import { cx } from "./classes"
import { DropZone } from "./DropZone"
import { Icon } from "./icons"
import { Progress } from "./Progress"

interface Props {
  upload: PictureUpload
  /** The picture there is. */
  src: string | null
  names: { choose: string; replace: string; sending: string }
  hint: string
  most_bytes: number
  round?: boolean
  disabled?: boolean
  /** What is said of it stands beside it, where there is room. */
  wide?: boolean
  /** What stands there while there is no picture. */
  fallback?: ReactNode
  remove?: ReactNode
}

function useFailureWords(most_bytes: number) {
  const { t } = useLingui()
  const most = fileSize(most_bytes)
  return ({ status, code, message }: ApiError): string => {
    if (status === 0) return t`The connection broke off. Check it, then send again.`
    if (status === 401) return t`You were signed out. Sign in, then send again.`
    if (status !== -1) return message
    if (code === "empty_file") return t`This file is empty. Nothing was sent.`
    if (code === "payload_too_large") return t`This picture is too large: at most ${most} can be sent.`
    return t`This is no picture that can be shown. Choose a JPEG, PNG, WebP or GIF.`
  }
}

/** The picture, or the place for one. */
function Picture({ upload, src, names, round, disabled, fallback }: Props): ReactNode {
  const shown = upload.preview ?? src
  const shape = round ? "rounded-full" : "rounded-xl"
  if (shown) {
    return (
      <img
        src={shown}
        alt=""
        className={cx("size-full object-cover", shape, upload.progress !== null && "opacity-60")}
      />
    )
  }
  if (disabled) return <div className={cx("size-full overflow-hidden", shape)}>{fallback}</div>
  return (
    <DropZone
      label={names.choose}
      accept={PICTURES}
      onFiles={([file]) => file && upload.start(file)}
      className={cx("aspect-square gap-1 p-4", round && "rounded-full!")}
    >
      <span className="grid justify-items-center gap-2 text-sm">
        <Icon name="picture" size={28} />
        <span className="font-semibold">{names.choose}</span>
      </span>
    </DropZone>
  )
}

function Actions({ upload, src, names, remove }: Props): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const isOpen = upload.progress !== null || upload.preview !== null
  return (
    <div className="flex flex-wrap gap-2 empty:hidden">
      {upload.again ? (
        <Button look="quiet" writes onClick={upload.again}>
          <Trans>Send again</Trans>
        </Button>
      ) : null}
      {isOpen ? (
        <Button look="plain" onClick={upload.cancel}>
          <Trans>Cancel</Trans>
        </Button>
      ) : null}
      {src && !isOpen ? (
        <>
          <Button look="quiet" writes onClick={() => input.current?.click()}>
            {names.replace}
          </Button>
          {remove}
          <input
            ref={input}
            type="file"
            hidden
            aria-label={names.replace}
            accept={PICTURES}
            onChange={({ target }) => {
              const file = target.files?.[0]
              target.value = ""
              if (file) upload.start(file)
            }}
          />
        </>
      ) : null}
    </div>
  )
}

export function PictureField(props: Props): ReactNode {
  const { upload, names, hint, most_bytes, round = false, disabled = false, wide = false } = props
  const words = useFailureWords(most_bytes)
  return (
    <div className={cx("grid gap-3", wide && "sm:grid-cols-[13rem_minmax(0,1fr)] sm:gap-6")}>
      <div className={cx("aspect-square w-full", round ? "max-w-40" : "max-w-80")}>
        <Picture {...props} />
      </div>
      <div className="grid content-start gap-3">
        {upload.progress === null ? null : <Progress label={names.sending} value={upload.progress} />}
        {upload.failure ? (
          <p role="alert" className="flex items-start gap-1.5 font-medium text-danger text-sm">
            <Icon name="warning" size={18} />
            <span>{words(upload.failure)}</span>
          </p>
        ) : null}
        {disabled ? null : (
          <>
            <p className="text-muted text-sm">{hint}</p>
            <Actions {...props} />
          </>
        )}
      </div>
    </div>
  )
}
