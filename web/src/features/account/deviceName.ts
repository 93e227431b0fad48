// A user agent in two words, for a person. Null when it says nothing we know.
const BROWSERS: ReadonlyArray<[RegExp, string]> = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(?:e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
  [/curl\//, "curl"],
]
const SYSTEMS: ReadonlyArray<[RegExp, string]> = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
]

const first = (table: ReadonlyArray<[RegExp, string]>, text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1]

export function deviceName(userAgent: string | null | undefined): string | null {
  if (!userAgent) return null
  const words = [first(BROWSERS, userAgent), first(SYSTEMS, userAgent)].filter(Boolean)
  return words.length > 0 ? words.join(" · ") : null
}
