// Where the reader is in the conversation: at its end (new messages keep it there) or further up (nothing moves, and what
// comes is counted). Also keeps the place when older messages go on top.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react"
import type { ShownMessage } from "./room"

const END_WITHIN_PX = 40

export interface PinnedScroll {
  pinned: boolean
  /** What came since the reader left the end. */
  unread: number
  /** The first of those, for a line above it. */
  firstUnread: number | null
  onScroll: () => void
  toEnd: () => void
}

export const isAtEnd = (box: HTMLElement): boolean =>
  box.scrollHeight - box.scrollTop - box.clientHeight <= END_WITHIN_PX

export function usePinnedScroll(
  box: RefObject<HTMLElement | null>,
  messages: ShownMessage[],
  waiting: number,
  onPin: (pinned: boolean) => void,
): PinnedScroll {
  const [pinned, setPinned] = useState(true)
  const [leftAt, setLeftAt] = useState<number | null>(null)
  const first = useRef<{ seq: number; top: number } | null>(null)
  const lastSeq = messages.at(-1)?.seq ?? 0

  const pin = useCallback(
    (now: boolean) => {
      setPinned(now)
      setLeftAt((before) => (now ? null : (before ?? lastSeq)))
      onPin(now)
    },
    [lastSeq, onPin],
  )

  const toEnd = useCallback(() => {
    const element = box.current
    if (element) element.scrollTop = element.scrollHeight
    pin(true)
  }, [box, pin])

  const onScroll = useCallback(() => {
    const element = box.current
    if (element && isAtEnd(element) !== pinned) pin(!pinned)
  }, [box, pinned, pin])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown changed, so the place is looked at again
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const before = first.current
    const kept = before ? element.querySelector<HTMLElement>(`[data-seq="${before.seq}"]`) : null
    if (pinned) element.scrollTop = element.scrollHeight
    else if (before && kept) element.scrollTop += kept.offsetTop - before.top
    const top = element.querySelector<HTMLElement>("[data-seq]")
    first.current = top ? { seq: Number(top.dataset.seq), top: top.offsetTop } : null
  }, [messages, waiting, pinned])

  // The box itself may change: a keyboard opens, a reason takes the place of the field.
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      if (pinned) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [box, pinned])

  const news = leftAt === null ? [] : messages.filter(({ seq, deleted }) => seq > leftAt && !deleted)
  return { pinned, unread: news.length, firstUnread: news[0]?.seq ?? null, onScroll, toEnd }
}
