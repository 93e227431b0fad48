// Everybody on air, by category and by words. The filter is the URL's; this page only shows it and asks to change it.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { Button, buttonClass } from "../../ui/Button"
import { cx } from "../../ui/classes"
import { Page } from "../../ui/Page"
import { SearchBox } from "../../ui/SearchBox"
import { EmptyState, ErrorState, Loading } from "../../ui/states"
import { CATEGORIES, type Category, type DirectoryFilter, liveNowQuery } from "./api"
import { FollowingLive } from "./FollowingLive"
import { CARD_GRID, CardSkeleton, StreamCard } from "./StreamCard"
import { useCategoryNames } from "./useCategoryNames"

interface Props {
  filter: DirectoryFilter
  onFilter: (filter: DirectoryFilter) => void
}

function Chips({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const names = useCategoryNames()
  const choices: Array<[Category | undefined, string]> = [
    [undefined, t`All`],
    ...CATEGORIES.map((id): [Category, string] => [id, names[id]]),
  ]
  return (
    <fieldset
      aria-label={t`Category`}
      className="-mx-4 min-w-0 flex gap-2 overflow-x-auto px-4 py-1 sm:mx-0 sm:flex-wrap sm:px-0"
    >
      {choices.map(([id, name]) => (
        <button
          key={name}
          type="button"
          aria-pressed={filter.category === id}
          onClick={() => onFilter({ ...filter, category: id })}
          className={cx(
            "min-h-11 shrink-0 rounded-full px-4 font-medium text-sm transition-colors duration-150",
            filter.category === id ? "bg-text text-bg" : "bg-quiet hover:bg-line",
          )}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}

function Results({ filter, onFilter }: Props): ReactNode {
  const { t } = useLingui()
  const live = useQuery(liveNowQuery(filter))
  if (live.isPending) {
    return (
      <Loading className={CARD_GRID}>
        {["a", "b", "c", "d", "e", "f"].map((slot) => (
          <CardSkeleton key={slot} />
        ))}
      </Loading>
    )
  }
  if (live.isError) {
    return (
      <ErrorState error={live.error} title={t`The directory could not be read`} onRetry={() => void live.refetch()} />
    )
  }
  const { streams, total } = live.data
  if (streams.length === 0)
    return <Nobody filtered={Boolean(filter.category || filter.search)} onClear={() => onFilter({})} />
  return (
    <>
      <p role="status" className="tabular text-muted text-sm">
        <Plural value={total} one="# stream on air" other="# streams on air" />
      </p>
      <ul className={CARD_GRID}>
        {streams.map((stream) => (
          <li key={stream.id}>
            <StreamCard stream={stream} level={2} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Nobody({ filtered, onClear }: { filtered: boolean; onClear: () => void }): ReactNode {
  const { t } = useLingui()
  if (filtered) {
    return (
      <EmptyState
        icon="search"
        title={t`Nobody live matches this`}
        action={
          <Button onClick={onClear}>
            <Trans>Show everybody</Trans>
          </Button>
        }
      >
        <Trans>Try another category or fewer words.</Trans>
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon="live"
      title={t`Nobody is live right now`}
      action={
        <Link to="/studio" className={buttonClass()}>
          <Trans>Open the studio</Trans>
        </Link>
      }
    >
      <Trans>This page looks again every 15 seconds. Or go live yourself.</Trans>
    </EmptyState>
  )
}

export function LiveDirectory(props: Props): ReactNode {
  const { t } = useLingui()
  return (
    <Page
      title={t`Live`}
      lead={t`Everybody who is on air now.`}
      actions={
        <SearchBox
          key={props.filter.search ?? ""}
          label={t`Search live streams`}
          words={props.filter.search ?? ""}
          onSearch={(words) => props.onFilter({ ...props.filter, search: words || undefined })}
        />
      }
    >
      <div className="grid gap-6">
        {props.filter.category || props.filter.search ? null : <FollowingLive />}
        <Chips {...props} />
        <Results {...props} />
      </div>
    </Page>
  )
}
