// What plays: picture, title that leads to its page, artist, and in words that it is only a part of the whole.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { PlayerState, Preview } from "../../lib/player"
import { Cover } from "../../ui/Cover"

function useTrouble({ phase, skipped }: PlayerState): string {
  const { t } = useLingui()
  if (phase === "failed") return t`“${skipped}” could not be played.`
  if (phase === "blocked") return t`Your browser wants you to press play.`
  return skipped ? t`Skipped “${skipped}”: it could not be played.` : ""
}

export function NowPlaying({ preview, state }: { preview: Preview; state: PlayerState }): ReactNode {
  const trouble = useTrouble(state)
  const seconds = Math.round(state.seconds)
  return (
    <div className="flex min-w-0 flex-1 items-center gap-3 md:flex-none md:basis-56 lg:basis-72">
      <span className="size-11 shrink-0 overflow-hidden rounded-md">
        <Cover id={preview.productId} src={preview.coverUrl} />
      </span>
      <div className="min-w-0">
        <Link
          to="/products/$productId"
          params={{ productId: preview.productId }}
          className="block truncate font-semibold text-sm hover:underline"
        >
          {preview.title}
        </Link>
        {trouble ? null : (
          <p className="truncate text-muted text-xs">
            {seconds > 0 ? <Trans>{seconds} s preview</Trans> : <Trans>Preview</Trans>}
            {" · "}
            {preview.artist}
          </p>
        )}
        <p role="status" className={trouble ? "line-clamp-2 text-danger text-xs" : "sr-only"}>
          {trouble}
        </p>
      </div>
    </div>
  )
}
