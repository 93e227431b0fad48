// A person without a picture: the first letter of their name on their own colour. The name always stands beside it.
import type { ReactNode } from "react"
import { hueOf } from "./Cover"
import { cx } from "./classes"

export function Avatar({ id, name, className }: { id: string; name: string; className?: string }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={cx(
        "grid shrink-0 place-items-center rounded-full font-bold text-white",
        className ?? "size-8 text-sm",
      )}
      style={{ background: `oklch(0.42 0.09 ${hueOf(id)})` }}
    >
      {name.slice(0, 1).toUpperCase()}
    </span>
  )
}
