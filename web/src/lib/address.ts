// Reads what a page's address says after `?`: leniently, and without what is not set. Pure.

export type Reader = (value: unknown) => string | undefined

/** The router reads `?search=808` as a number and `?suspended=true` as a boolean. */
export const words =
  (most: number): Reader =>
  (value) =>
    ["string", "number", "boolean"].includes(typeof value)
      ? String(value).trim().slice(0, most) || undefined
      : undefined

/** One of the words that are known. */
export const oneOf =
  <Known extends string>(known: readonly Known[]) =>
  (value: unknown): Known | undefined =>
    known.find((one) => one === String(value))

/** A day as `2026-02-28`; nothing for one that no calendar has. */
export const day: Reader = (value) => {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? value : undefined
}

export const uuid: Reader = (value) =>
  typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? value.toLowerCase()
    : undefined

/** Only what is set, so that an address never carries empty parts. */
export const tidy = <Filter extends object>(filter: Filter): Filter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== "")) as Filter

type Read<Readers> = { [Name in keyof Readers]?: Readers[Name] extends (value: unknown) => infer Value ? Value : never }

/** `readAddress({ status: oneOf(STATUSES), from: day })` makes the function that a route validates its search with. */
export const readAddress =
  <Readers extends Record<string, (value: unknown) => string | undefined>>(readers: Readers) =>
  (raw: Record<string, unknown>): Read<Readers> =>
    tidy(Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, read(raw[name])])) as Read<Readers>)
