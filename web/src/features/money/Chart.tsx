// What was earned, as bars. A picture for the eye: the same figures stand in a table beside it, one button away.
import { Plural, Trans } from "@lingui/react/macro"
import { type CSSProperties, type ReactNode, useState } from "react"
import { dayOf } from "../../lib/format"
import { money } from "../../lib/money"
import { cx } from "../../ui/classes"
import { type Bucket, roofOf } from "./buckets"

/** A day of the server's calendar, whatever the reader's time zone. */
const dayName = (date: string): string => dayOf(`${date}T12:00:00`)

export const bucketName = ({ from, to }: Bucket): string =>
  from === to ? dayName(from) : `${dayName(from)} – ${dayName(to)}`

function Scale({ roof, currency }: { roof: number; currency: string }): ReactNode {
  const steps = [roof, Math.round(roof / 2), 0]
  return (
    <>
      {steps.map((cents) => (
        <div
          key={cents}
          className="absolute inset-x-0 flex translate-y-1/2 items-center gap-3"
          style={{ bottom: `${(100 * cents) / roof}%` }}
        >
          <span className="tabular w-(--scale) text-muted text-xs">{money(cents, currency)}</span>
          <span className="h-px flex-1 bg-line" />
        </div>
      ))}
    </>
  )
}

export function Chart({ buckets, currency }: { buckets: readonly Bucket[]; currency: string }): ReactNode {
  const [at, setAt] = useState<number | null>(null)
  const roof = roofOf(Math.max(0, ...buckets.map(({ net_cents }) => net_cents)))
  const first = buckets[0]
  const last = buckets.at(-1)
  const shown = at === null ? undefined : buckets[at]
  return (
    <div
      aria-hidden="true"
      className="grid gap-2"
      style={{ "--scale": `${money(roof, currency).length}ch` } as CSSProperties}
    >
      <p className="tabular min-h-12 text-sm sm:min-h-6" data-readout="">
        {shown ? (
          <>
            <span className="font-semibold">{money(shown.net_cents, currency)}</span>
            {" · "}
            <Plural value={shown.orders} one="# order" other="# orders" />
            {" · "}
            <span className="text-muted">{bucketName(shown)}</span>
          </>
        ) : (
          <span className="text-muted">
            <Trans>Point at a bar to read it.</Trans>
          </span>
        )}
      </p>
      <div className="relative my-2 h-48 text-xs" onPointerLeave={() => setAt(null)}>
        <Scale roof={roof} currency={currency} />
        <div className="absolute inset-y-0 end-0 start-[calc(var(--scale)+0.75rem)] flex items-stretch">
          {buckets.map((bucket, index) => (
            <div
              key={bucket.from}
              data-bar=""
              className="flex min-w-0 flex-1 items-end px-px"
              onPointerEnter={() => setAt(index)}
              onPointerDown={() => setAt(index)}
            >
              <div
                className={cx(
                  "w-full rounded-t-sm",
                  at === index ? "bg-accent-strong" : "bg-accent",
                  bucket.net_cents > 0 && "min-h-0.5",
                )}
                style={{ height: `${(100 * Math.max(0, bucket.net_cents)) / roof}%` }}
              />
            </div>
          ))}
        </div>
      </div>
      <p className="tabular flex justify-between ps-[calc(var(--scale)+0.75rem)] text-muted text-xs">
        <span>{first ? dayName(first.from) : null}</span>
        <span>{last ? dayName(last.to) : null}</span>
      </p>
    </div>
  )
}
