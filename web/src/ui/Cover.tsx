// A picture for a stream: its thumbnail, or art made from its id. The picture brings the colour; the interface stays quiet.
import type { CSSProperties, ReactNode } from "react"
import { cx } from "./classes"

/** 0–359, the same for the same id. */
export function hueOf(id: string): number {
  let hash = 7
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 360_007
  return hash % 360
}

export function Cover({ id, src, className }: { id: string; src?: string | null; className?: string }): ReactNode {
  if (src) return <img src={src} alt="" loading="lazy" className={cx("size-full object-cover", className)} />
  return (
    <div
      aria-hidden="true"
      className={cx("cover-art grid size-full place-items-center", className)}
      style={{ "--hue": hueOf(id) } as CSSProperties}
    >
      <svg viewBox="0 0 48 24" className="w-1/4 max-w-24 text-white/60" fill="none" aria-hidden="true">
        <path
          d="M4 10v4M12 5v14M20 8v8M28 3v18M36 8v8M44 10v4"
          stroke="currentColor"
          strokeWidth={3}
          strokeLinecap="round"
        />
      </svg>
    </div>
  )
}
