// One track: play, title, length, what it looks like, and what is known of it. Says that what plays is a part only.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { clockTime, oneDecimal } from "../../../lib/format"
import type { Preview } from "../../../lib/player"
import type { ProductFile } from "../../../lib/types"
import { PlayButton } from "../PlayButton"
import { Waveform } from "./Waveform"

function useFacts(file: ProductFile): string[] {
  const { t } = useLingui()
  const { bpm, musical_key, loudness_lufs, isrc } = file
  const beats = bpm === null ? "" : Math.round(bpm)
  const loudness = loudness_lufs === null ? "" : oneDecimal(loudness_lufs).replace("-", "−")
  return [
    beats ? t`${beats} BPM` : "",
    musical_key,
    loudness ? t`${loudness} LUFS` : "",
    isrc ? t`ISRC ${isrc}` : "",
  ].filter(Boolean)
}

interface Props {
  file: ProductFile
  number: number
  queue: readonly Preview[]
}

export function TrackRow({ file, number, queue }: Props): ReactNode {
  const facts = useFacts(file)
  const preview = queue.find(({ key }) => key === file.preview_url)
  const seconds = Math.round(file.preview_seconds ?? 0)
  const start = clockTime(file.preview_start_seconds ?? 0)
  return (
    <li className="grid gap-2 py-4">
      <div className="flex items-center gap-3">
        {preview ? (
          <PlayButton preview={preview} queue={queue} />
        ) : (
          <span aria-hidden="true" className="tabular grid size-11 shrink-0 place-items-center text-muted">
            {number}
          </span>
        )}
        <div className="min-w-0 flex-1">
          <h3 className="wrap-anywhere font-semibold leading-snug" dir="auto">
            {file.title}
          </h3>
          <p className="tabular flex flex-wrap gap-x-3 text-muted text-sm *:whitespace-nowrap">
            {[clockTime(file.duration_seconds ?? 0), file.format.toUpperCase(), ...facts].map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </p>
        </div>
      </div>
      {file.peaks ? <Waveform file={file} peaks={file.peaks} preview={preview} queue={queue} /> : null}
      <p className="tabular text-muted text-xs">
        {preview ? (
          <Trans>
            Preview: {seconds} s from {start}
          </Trans>
        ) : (
          <Trans>No preview</Trans>
        )}
      </p>
    </li>
  )
}
