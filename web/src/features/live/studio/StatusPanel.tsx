// Where the broadcast stands, as a stepper and in words, and the figures that matter while on air. Steady: nothing jumps.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useState } from "react"
import { useConfig } from "../../../lib/config"
import { clockTime, wholeNumber } from "../../../lib/format"
import type { Stream, StreamStatus } from "../../../lib/types"
import { useNow } from "../../../lib/useBrowser"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { LiveDot } from "../../../ui/LiveBadge"
import { EndStreamButton } from "./EndStreamButton"

const STEPS = ["key", "encoder", "live", "ended"] as const
type Step = (typeof STEPS)[number]

const STEP_OF: Record<StreamStatus, Step> = { draft: "encoder", live: "live", interrupted: "live", ended: "ended" }

/** Seconds left of the server's grace time, counted from when this page first saw the interruption; null when unknown. */
function useGrace(status: StreamStatus): number | null {
  const grace_s = useConfig()?.graceS ?? null
  const [since_ms, setSince] = useState<number | null>(null)
  useEffect(() => setSince(status === "interrupted" ? Date.now() : null), [status])
  const now_ms = useNow(1000, status === "interrupted")
  if (grace_s === null) return null
  const passed_s = since_ms === null ? 0 : Math.max(0, now_ms - since_ms) / 1000
  return Math.max(0, Math.ceil(grace_s - passed_s))
}

function Stepper({ at, broken }: { at: Step; broken: boolean }): ReactNode {
  const { t } = useLingui()
  const names: Record<Step, string> = { key: t`Key`, encoder: t`Encoder`, live: t`On air`, ended: t`Ended` }
  const now = STEPS.indexOf(at)
  return (
    <ol className="flex gap-2" aria-label={t`Steps`}>
      {STEPS.map((step, index) => (
        <li key={step} aria-current={index === now ? "step" : undefined} className="grid min-w-0 flex-1 gap-1.5">
          <span
            className={cx(
              "h-1 rounded-full",
              index > now ? "bg-line" : index === now && broken ? "bg-warn" : "bg-accent",
            )}
          />
          <span
            className={cx(
              "flex items-center gap-1 truncate text-sm",
              index === now ? "font-semibold text-text" : "text-muted",
            )}
          >
            {index < now ? (
              <span className="max-sm:hidden">
                <Icon name="tick" size={14} />
              </span>
            ) : null}
            {names[step]}
          </span>
        </li>
      ))}
    </ol>
  )
}

function Headline({ status, grace_s }: { status: StreamStatus; grace_s: number | null }): ReactNode {
  const { t } = useLingui()
  const words: Record<StreamStatus, [string, string]> = {
    draft: [t`Waiting for your encoder`, t`Copy server and key into it and start streaming.`],
    live: [t`You are live`, t`Your encoder is connected and everybody can watch.`],
    interrupted: [t`Connection lost`, t`The broadcast stays open for a short while. Start your encoder again.`],
    ended: [t`Broadcast ended`, t`Start your encoder again whenever you like: the same key works.`],
  }
  const [title, text] = words[status]
  return (
    <div className="flex items-start justify-between gap-4">
      <div role="status" className="grid gap-1" data-studio-status={status}>
        <p className="flex items-center gap-2.5 font-bold text-2xl tracking-tight">
          {status === "live" ? <LiveDot /> : null}
          {status === "interrupted" ? (
            <span className="text-warn">
              <Icon name="warning" />
            </span>
          ) : null}
          {title}
        </p>
        <p className="text-muted">{text}</p>
      </div>
      {status === "interrupted" && grace_s !== null ? (
        <p role="timer" className="tabular shrink-0 text-end font-bold text-3xl text-warn leading-none">
          <Trans>{grace_s} s</Trans>
          <span className="block pt-1 font-normal text-muted text-xs">
            <Trans>left</Trans>
          </span>
        </p>
      ) : null}
    </div>
  )
}

function Figure({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <div className="grid">
      <dt className="text-muted text-sm">{name}</dt>
      <dd className="tabular font-bold text-2xl tracking-tight">{value}</dd>
    </div>
  )
}

export function StatusPanel({ stream }: { stream: Stream }): ReactNode {
  const { t } = useLingui()
  const grace_s = useGrace(stream.status)
  const now_ms = useNow(1000, stream.is_live)
  const until_ms = stream.is_live || !stream.ended_at ? now_ms : Date.parse(stream.ended_at)
  const elapsed_s = stream.started_at ? (until_ms - Date.parse(stream.started_at)) / 1000 : 0
  return (
    <section
      aria-label={t`Status`}
      className="order-1 grid min-w-0 gap-5 rounded-2xl bg-surface p-5 ring-1 ring-line sm:p-6 lg:order-none"
    >
      <Headline status={stream.status} grace_s={grace_s} />
      <Stepper at={STEP_OF[stream.status]} broken={stream.status === "interrupted"} />
      {stream.status === "draft" ? null : (
        <div className="flex flex-wrap items-end justify-between gap-4">
          <dl className="grid min-w-60 flex-1 grid-cols-3 gap-3">
            <Figure name={t`On air for`} value={clockTime(elapsed_s)} />
            <Figure name={t`Watching`} value={wholeNumber(stream.viewer_count)} />
            <Figure name={t`Peak`} value={wholeNumber(stream.peak_viewers)} />
          </dl>
          {stream.is_live ? <EndStreamButton stream={stream} /> : null}
        </div>
      )}
    </section>
  )
}
