// One stream on air, as a card that is one link.
import { Plural, Trans } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { relativeTime } from "../../lib/format"
import type { Stream } from "../../lib/types"
import { useNow } from "../../lib/useBrowser"
import { Cover } from "../../ui/Cover"
import { LiveBadge } from "../../ui/LiveBadge"
import { Skeleton } from "../../ui/states"
import { categoryName, useCategoryNames } from "./useCategoryNames"

interface Props {
  stream: Stream
  /** The level of its title: one below the heading it stands under. */
  level: 2 | 3
}

export function StreamCard({ stream, level }: Props): ReactNode {
  const now_ms = useNow(30_000)
  const names = useCategoryNames()
  const Title = level === 2 ? "h2" : "h3"
  return (
    <article className="group relative grid gap-3">
      <div className="relative aspect-video overflow-hidden rounded-2xl">
        <Cover
          id={stream.id}
          src={stream.thumbnail_url ?? null}
          className="transition-transform duration-150 group-hover:scale-[1.02]"
        />
        <div className="absolute start-3 top-3">
          <LiveBadge over />
        </div>
        <p className="tabular absolute end-3 bottom-3 rounded-full bg-black/75 px-2.5 py-1 text-white text-xs">
          <Plural value={stream.viewer_count} one="# watching" other="# watching" />
        </p>
      </div>
      <div className="min-w-0">
        <Title className="truncate font-semibold text-lg leading-snug">
          <Link
            to="/live/$streamId"
            params={{ streamId: stream.id }}
            className="after:absolute after:inset-0 after:rounded-2xl group-hover:underline"
          >
            {stream.title}
          </Link>
        </Title>
        <p className="truncate text-muted text-sm">
          {stream.streamer.username} · {categoryName(names, stream.category)}
          {stream.started_at ? (
            <>
              {" · "}
              <Trans>started {relativeTime(stream.started_at, now_ms)}</Trans>
            </>
          ) : null}
        </p>
      </div>
    </article>
  )
}

export const CARD_GRID = "grid gap-x-5 gap-y-8 sm:grid-cols-2 lg:grid-cols-3"

export function CardSkeleton(): ReactNode {
  return (
    <div className="grid gap-3">
      <Skeleton className="aspect-video rounded-2xl" />
      <Skeleton className="h-5 w-3/4" />
      <Skeleton className="h-4 w-1/2" />
    </div>
  )
}
