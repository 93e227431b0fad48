// The frame of a page: one heading, the document's title, comfortable width.
import { type ReactNode, useEffect } from "react"
import { cx } from "./classes"

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Veza` : "Veza"
  }, [title])
}

export function Page({
  title,
  lead,
  actions,
  narrow = false,
  children,
}: {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  narrow?: boolean
  children: ReactNode
}): ReactNode {
  useTitle(title)
  return (
    <div className={cx("mx-auto w-full px-4 py-8 sm:px-6", narrow ? "max-w-md" : "max-w-6xl")}>
      <div className="mb-6 flex flex-wrap items-end justify-between gap-4">
        <div className="grid gap-1">
          <h1 className="font-bold text-3xl tracking-tight">{title}</h1>
          {lead ? <p className="max-w-2xl text-muted">{lead}</p> : null}
        </div>
        {actions}
      </div>
      {children}
    </div>
  )
}
