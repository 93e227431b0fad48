// A part of the editor under its heading.
import { type ReactNode, useId } from "react"
import { cx } from "../../../ui/classes"

interface Props {
  title: string
  lead?: ReactNode
  className?: string
  children: ReactNode
}

export function Section({ title, lead, className, children }: Props): ReactNode {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className={cx("grid min-w-0 content-start gap-4 rounded-2xl bg-surface p-4 ring-1 ring-line sm:p-6", className)}
    >
      <div className="grid gap-1">
        <h2 id={id} className="font-bold text-xl">
          {title}
        </h2>
        {lead ? <p className="text-muted text-sm">{lead}</p> : null}
      </div>
      {children}
    </section>
  )
}
