// A QR code as one shape. Loaded only when one is shown. Always dark on light: that is what cameras read.
import { encodeQR } from "qr"
import type { ReactNode } from "react"

const QUIET = 4

export function QrCode({ text, label }: { text: string; label: string }): ReactNode {
  const rows = encodeQR(text, "raw", { border: QUIET, ecc: "medium" })
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("")
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      shapeRendering="crispEdges"
      className="size-52 rounded-lg bg-white text-black"
    >
      <path d={path} fill="currentColor" />
    </svg>
  )
}
