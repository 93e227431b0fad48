// Days that somebody chose, as the moments where they begin and end: in the reader's own time zone, as times are shown.

interface Days {
  from?: string | undefined
  to?: string | undefined
}

/** `2026-02-28` begins here. Without a zone a date with a time is read as the reader's. */
const startOf = (day: string): string => new Date(`${day}T00:00:00`).toISOString()

/** The server counts in millionths: its last one of the day is still that day's. */
const endOf = (day: string): string => new Date(`${day}T23:59:59.999`).toISOString().replace("Z", "999Z")

/** The same filter, its days as RFC 3339; both ends included. */
export function withMoments<Filter extends Days>({ from, to, ...rest }: Filter): Omit<Filter, "from" | "to"> & Days {
  return { ...rest, ...(from ? { from: startOf(from) } : {}), ...(to ? { to: endOf(to) } : {}) }
}
