// Lists that come page by page: where the next one begins.

interface PageFacts {
  offset: number
  total: number
}

/** Servers count no further than this. */
const OFFSET_MAX = 10_000

/** Null when all is there. An empty page ends the list, too: rows may go while one reads on. */
export const nextOffset = ({ offset, total }: PageFacts, count: number): number | null => {
  const next = offset + count
  return count > 0 && next < total && next <= OFFSET_MAX ? next : null
}
