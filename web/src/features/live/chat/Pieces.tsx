// The words of one message. React escapes all of it; links open elsewhere and vouch for nothing.
import { type ReactNode, useMemo } from "react"
import { cx } from "../../../ui/classes"
import { piecesOf } from "./text"

export function Pieces({ content, me }: { content: string; me: string | undefined }): ReactNode {
  const pieces = useMemo(() => {
    let at = 0
    return piecesOf(content).map((piece) => {
      const from = at
      at += piece.text.length
      return { ...piece, from }
    })
  }, [content])
  return (
    <span dir="auto">
      {pieces.map((piece) => {
        if (piece.kind === "link") {
          return (
            <a
              key={piece.from}
              href={piece.href}
              target="_blank"
              rel="nofollow ugc noopener noreferrer"
              className="text-accent underline underline-offset-2"
            >
              {piece.text}
            </a>
          )
        }
        if (piece.kind === "mention") {
          const mine = piece.text.slice(1).toLowerCase() === me?.toLowerCase()
          return (
            <strong key={piece.from} className={cx("font-semibold", mine && "rounded bg-accent px-1 text-on-accent")}>
              {piece.text}
            </strong>
          )
        }
        return piece.text
      })}
    </span>
  )
}
