// The chat beside a recording: what had been said when what plays now happened. To be read only.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useRef } from "react"
import { absoluteTime, timeOfDay } from "../../../lib/format"
import { cx } from "../../../ui/classes"
import { ErrorState, Skeleton } from "../../../ui/states"
import { Name } from "../chat/Name"
import { Pieces } from "../chat/Pieces"
import { isAtEnd } from "../chat/usePinnedScroll"
import { useSaid } from "./useSaid"

interface Props {
  recordingId: string
  playingAtMs: number | null
  className?: string
}

function Quiet({ children }: { children: ReactNode }): ReactNode {
  return <p className="grid h-full place-items-center p-6 text-center text-muted">{children}</p>
}

function Said({ recordingId, playingAtMs }: Omit<Props, "className">): ReactNode {
  const { t } = useLingui()
  const { list, heard, isEmpty } = useSaid(recordingId, playingAtMs)
  const box = useRef<HTMLOListElement>(null)
  const pinned = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new scrolls into sight, unless somebody reads further up
  useEffect(() => {
    if (box.current && pinned.current) box.current.scrollTop = box.current.scrollHeight
  }, [heard.length, heard.at(-1)?.id])
  if (list.isError) {
    return (
      <div className="p-4">
        <ErrorState error={list.error} title={t`The chat could not be read`} onRetry={() => void list.refetch()} />
      </div>
    )
  }
  if (list.isPending) {
    return (
      <div className="grid content-start gap-4 p-4" aria-hidden="true">
        {["w-3/4", "w-1/2", "w-5/6"].map((width) => (
          <Skeleton key={width} className={cx("h-4", width)} />
        ))}
      </div>
    )
  }
  if (isEmpty) {
    return (
      <Quiet>
        <Trans>Nothing was said during this broadcast.</Trans>
      </Quiet>
    )
  }
  if (heard.length === 0) {
    return (
      <Quiet>
        <Trans>What was said appears here as the recording plays.</Trans>
      </Quiet>
    )
  }
  return (
    <ol
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      aria-label={t`What was said`}
      onScroll={({ currentTarget }) => {
        pinned.current = isAtEnd(currentTarget)
      }}
      className="h-full overflow-y-auto overscroll-contain py-2 outline-offset-[-3px]!"
    >
      {heard.map(({ id, user, content, created_at }) => (
        <li key={id} className="wrap-anywhere px-3.5 py-1 leading-relaxed">
          <time dateTime={created_at} title={absoluteTime(created_at)} className="tabular me-2 text-muted text-xs">
            {timeOfDay(created_at)}
          </time>
          <Name user={user} /> <Pieces content={content} me={undefined} />
        </li>
      ))}
    </ol>
  )
}

export function RecordedChat({ recordingId, playingAtMs, className }: Props): ReactNode {
  const { t } = useLingui()
  return (
    <section
      aria-label={t`Chat of that time`}
      className={cx(
        "flex min-h-0 min-w-0 flex-col overflow-hidden bg-surface ring-1 ring-line sm:rounded-2xl",
        className,
      )}
    >
      <h2 className="border-line border-b px-4 py-3 font-bold text-lg">
        <Trans>Chat of that time</Trans>
      </h2>
      <div className="min-h-0 flex-1">
        <Said recordingId={recordingId} playingAtMs={playingAtMs} />
      </div>
    </section>
  )
}
