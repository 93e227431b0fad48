// A person: their picture, else the first letter of their name on their own colour. The name always stands beside it.
import type { ReactNode } from "react"
import { hueOf } from "./Cover"
import { cx } from "./classes"

interface Props {
  id: string
  name: string
  src?: string | null | undefined
  className?: string
}

export function Avatar({ id, name, src, className }: Props): ReactNode {
  if (src) {
    return <img src={src} alt="" className={cx("shrink-0 rounded-full object-cover", className ?? "size-8")} />
  }
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
