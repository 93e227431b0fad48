// How well the encoder sends, while on air: the figures, steady, and for what is out of bounds the one thing to change.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { oneDecimal, wholeNumber } from "../../../lib/format"
import type { StreamHealth } from "../../../lib/types"
import { Icon } from "../../../ui/icons"
import { ErrorState } from "../../../ui/states"
import { streamHealthQuery } from "../api"

type Advice = StreamHealth["advice"][number]

const DASH = "–"

function useFixes(): Record<Advice, [string, string]> {
  const { t } = useLingui()
  return {
    connection_stalls: [
      t`The connection stalls`,
      t`Use a cable instead of Wi-Fi, or lower the bitrate to three quarters of your upload speed.`,
    ],
    keyframes_too_far: [
      t`Key frames are too far apart`,
      t`Set the keyframe interval to 2 s: viewers start and seek faster.`,
    ],
    audio_out_of_step: [
      t`Sound and picture are out of step`,
      t`Set the same sample rate everywhere, and look for a sync offset in your audio mixer.`,
    ],
    no_audio: [
      t`There is no sound`,
      t`Check that a source is added and not muted, and that its device is the right one.`,
    ],
    few_pictures: [
      t`Few pictures a second`,
      t`Your computer may be overloaded. Choose a faster encoder preset, a smaller picture, or close other programs.`,
    ],
    video_too_rich: [
      t`The video bitrate is very high`,
      t`Many viewers cannot keep up. 3,000 to 6,000 kbit/s are enough for 1080p.`,
    ],
    video_too_poor: [t`The video bitrate is very low`, t`The picture will be blurred. Set 1,500 kbit/s or more.`],
    audio_too_poor: [t`The audio bitrate is low for music`, t`Set 128 kbit/s or more; 160 is a good choice for music.`],
  }
}

function Figure({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <div className="grid">
      <dt className="text-muted text-sm">{name}</dt>
      <dd className="tabular font-semibold text-lg tracking-tight">{value}</dd>
    </div>
  )
}

function Figures({ encoder }: { encoder: StreamHealth["encoder"] }): ReactNode {
  const { t } = useLingui()
  const kbit = (bps: number | null | undefined): string =>
    bps === null || bps === undefined ? DASH : t`${wholeNumber(Math.round(bps / 1000))} kbit/s`
  const seconds = (ms: number | null | undefined): string =>
    ms === null || ms === undefined ? DASH : t`${oneDecimal(ms / 1000)} s`
  const fps = encoder?.fps ?? null
  const skew_ms = encoder?.skew_ms ?? null
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3">
      <Figure name={t`Video`} value={kbit(encoder?.video_bps)} />
      <Figure name={t`Audio`} value={kbit(encoder?.audio_bps)} />
      <Figure name={t`Pictures a second`} value={fps === null ? DASH : oneDecimal(fps)} />
      <Figure name={t`Key frame every`} value={seconds(encoder?.keyframe_interval_ms)} />
      <Figure name={t`Sound ahead by`} value={skew_ms === null ? DASH : t`${wholeNumber(skew_ms)} ms`} />
      <Figure name={t`Longest silence`} value={seconds(encoder?.longest_gap_ms)} />
    </dl>
  )
}

export function SignalPanel({ streamId, className }: { streamId: string; className?: string }): ReactNode {
  const { t } = useLingui()
  const fixes = useFixes()
  const signal = useQuery(streamHealthQuery(streamId))
  const { encoder = null, advice = [] } = signal.data ?? {}
  return (
    <section aria-labelledby="signal" className={className}>
      <h2 id="signal" className="font-bold text-xl">
        <Trans>Your signal</Trans>
      </h2>
      {signal.isError ? (
        <ErrorState
          error={signal.error}
          title={t`Your signal could not be read`}
          onRetry={() => void signal.refetch()}
        />
      ) : (
        <>
          <Figures encoder={encoder} />
          <div role="status" className="grid gap-3">
            {encoder && advice.length === 0 ? (
              <p className="flex items-center gap-2">
                <span className="text-accent">
                  <Icon name="done" size={18} />
                </span>
                <Trans>All is well.</Trans>
              </p>
            ) : null}
            {advice.map((code) => {
              const [what, fix] = fixes[code] ?? [code.replaceAll("_", " "), ""]
              return (
                <div key={code} className="grid gap-0.5 rounded-lg bg-warn-soft px-4 py-3">
                  <p className="flex items-center gap-2 font-semibold text-warn">
                    <Icon name="warning" size={18} />
                    {what}
                  </p>
                  <p className="text-sm">{fix}</p>
                </div>
              )
            })}
          </div>
        </>
      )}
    </section>
  )
}
