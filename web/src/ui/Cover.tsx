// A picture for a stream: its thumbnail, or art made from its id. The picture brings the colour; the interface stays quiet.
import { type CSSProperties, type ReactNode, useState } from "react"
import { cx } from "./classes"

/** 0–359, the same for the same id. */
export function hueOf(id: string): number {
  // FNV-1a, then a last mix: ids that differ in one digit only must not look alike.
  let hash = 0x811c9dc5
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) % 360
}

interface Props {
  id: string
  src?: string | null
  /** The small wave in the middle; off where something is written over it. */
  mark?: boolean
  className?: string
}

export function Cover({ id, src, mark = true, className }: Props): ReactNode {
  // A thumbnail goes with its broadcast: who comes too late sees the art.
  const [missing, setMissing] = useState<string | null>(null)
  if (src && src !== missing)
    return (
      <img
        src={src}
        alt=""
        loading="lazy"
        onError={() => setMissing(src)}
        className={cx("size-full object-cover", className)}
      />
    )
  return (
    <div
      aria-hidden="true"
      className={cx("cover-art grid size-full place-items-center", className)}
      style={{ "--hue": hueOf(id) } as CSSProperties}
    >
      {mark ? (
        <svg viewBox="0 0 48 24" className="w-1/4 max-w-24 text-white/60" fill="none" aria-hidden="true">
          <path
            d="M4 10v4M12 5v14M20 8v8M28 3v18M36 8v8M44 10v4"
            stroke="currentColor"
            strokeWidth={3}
            strokeLinecap="round"
          />
        </svg>
      ) : null}
    </div>
  )
}
