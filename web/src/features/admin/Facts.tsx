// Names and values under a row, for those who look closer.
import type { ReactNode } from "react"

interface Fact {
  name: string
  value: ReactNode
}

export function Facts({ facts }: { facts: readonly Fact[] }): ReactNode {
  return (
    <dl className="grid gap-x-6 gap-y-1.5 rounded-xl bg-sunken p-4 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">
      {facts.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="wrap-anywhere min-w-0 max-sm:mb-1.5">{value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  )
}

export const Code = ({ children }: { children: ReactNode }): ReactNode => (
  <code className="font-mono text-xs">{children}</code>
)
