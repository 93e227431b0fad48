// What plays next, as a list to jump in and to take from.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { player, usePlayer } from "../../lib/player"
import { IconButton } from "../../ui/Button"
import { Cover } from "../../ui/Cover"
import { cx } from "../../ui/classes"
import { PlainDialog } from "../../ui/dialogs"
import { Icon } from "../../ui/icons"

export function QueueDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const { t } = useLingui()
  const { queue, index } = usePlayer()
  return (
    <PlainDialog open={open} onClose={onClose} title={t`Up next`}>
      <ol className="-mx-3 grid">
        {queue.map((preview, at) => (
          <li key={preview.key} className={cx("flex items-center gap-1 rounded-lg", at === index && "bg-quiet")}>
            <button
              type="button"
              aria-current={at === index || undefined}
              onClick={() => player.jump(at)}
              className="flex min-h-14 min-w-0 flex-1 items-center gap-3 rounded-lg px-3 text-start hover:bg-quiet"
            >
              <span className="size-10 shrink-0 overflow-hidden rounded-md">
                <Cover id={preview.productId} src={preview.coverUrl} />
              </span>
              <span className="min-w-0">
                <span className={cx("block truncate", at === index && "font-semibold")}>{preview.title}</span>
                <span className="block truncate text-muted text-sm">
                  {at === index ? <Trans>{preview.artist} · playing now</Trans> : preview.artist}
                </span>
              </span>
            </button>
            <IconButton label={t`Remove ${preview.title}`} onClick={() => player.remove(at)}>
              <Icon name="close" size={18} />
            </IconButton>
          </li>
        ))}
      </ol>
    </PlainDialog>
  )
}
