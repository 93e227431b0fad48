// What is known of a file, as one line of facts.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { clockTime, fileSize, wholeNumber } from "../../../lib/format"
import type { ProductFile } from "../../../lib/types"

export function FileFacts({ file }: { file: ProductFile }): ReactNode {
  const { t } = useLingui()
  const loudness = file.loudness_lufs === null ? "" : wholeNumber(Math.round(file.loudness_lufs))
  const facts: Array<[string, string]> = [
    [t`Duration`, file.duration_seconds === null ? "" : clockTime(file.duration_seconds)],
    [t`Format`, file.format.toUpperCase()],
    [t`Size`, fileSize(file.size_bytes)],
    [t`Loudness`, loudness && t`${loudness} LUFS`],
    [t`Tempo`, file.bpm === null ? "" : t`${Math.round(file.bpm)} BPM`],
    [t`Key`, file.musical_key],
    [t`ISRC`, file.isrc],
  ]
  return (
    <dl className="tabular flex flex-wrap gap-x-3 text-muted text-sm">
      {facts
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt className="sr-only">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
