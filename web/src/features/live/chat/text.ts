// What a message is made of: words, links, mentions. Pure; nothing in a message is ever markup.
export type Piece = { kind: "text" | "mention"; text: string } | { kind: "link"; text: string; href: string }

// A link ends before the punctuation that closes a sentence around it; a mention stands on its own.
const PIECES = /https?:\/\/[^\s<>"'`]+|(?<![\w@/.-])@[A-Za-z0-9_-]{3,30}/gi
const CLOSING = /[.,;:!?)\]}…]+$/

function link(found: string): { text: string; href: string } | null {
  const bare = found.replace(CLOSING, "")
  // A closing bracket that was opened inside belongs to the address.
  const text = bare.includes("(") && found.startsWith(`${bare})`) ? `${bare})` : bare
  try {
    const url = new URL(text)
    return url.username || url.password ? null : { text, href: url.href }
  } catch {
    return null
  }
}

/** In order, and together exactly `content`. */
export function piecesOf(content: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  const tell = (piece: Piece, from: number): void => {
    if (from > at) pieces.push({ kind: "text", text: content.slice(at, from) })
    pieces.push(piece)
    at = from + piece.text.length
  }
  for (const match of content.matchAll(PIECES)) {
    const [found] = match
    const made = found.startsWith("@") ? null : link(found)
    if (found.startsWith("@")) tell({ kind: "mention", text: found }, match.index)
    else if (made) tell({ kind: "link", ...made }, match.index)
  }
  if (at < content.length) pieces.push({ kind: "text", text: content.slice(at) })
  return pieces
}

/** Whether `username` is spoken to; names do not differ by case. */
export function mentions(content: string, username: string | undefined): boolean {
  if (!username) return false
  const wanted = `@${username}`.toLowerCase()
  return piecesOf(content).some(({ kind, text }) => kind === "mention" && text.toLowerCase() === wanted)
}

/** The lines that hold words, without what surrounds them. */
export const linesOf = (text: string): string[] =>
  text
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter(Boolean)

/** As the server counts: code points, without what surrounds the words. */
export const lengthOf = (content: string): number => [...content.trim()].length

/** The name being typed after an `@` at the caret, and where it begins; null when none is. */
export function mentionAt(text: string, caret: number): { from: number; begun: string } | null {
  const found = /(?:^|[\s(])@([A-Za-z0-9_-]{0,30})$/.exec(text.slice(0, caret))
  if (!found) return null
  const begun = found[1] ?? ""
  return { from: caret - begun.length, begun }
}
