// The icons, drawn as 24 × 24 strokes. Always decoration: the words beside them (or the button's name) carry the meaning.
import type { ReactNode } from "react"

const STROKES = {
  home: "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
  live: "M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2M8.5 15.5a5 5 0 0 1 0-7M15.5 8.5a5 5 0 0 1 0 7M5.6 18.4a9 9 0 0 1 0-12.8M18.4 5.6a9 9 0 0 1 0 12.8",
  studio: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3M6 11a6 6 0 0 0 12 0M12 17v4M8.5 21h7",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5a7.5 7.5 0 0 1 15 0",
  play: "M8 5.5v13l11-6.5z",
  pause: "M7 5.5h2.5v13H7zM14.5 5.5H17v13h-2.5z",
  volume: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  muted: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  back10: "M4 5v5h5M4.6 10A8 8 0 1 1 4 14",
  forward10: "M20 5v5h-5M19.4 10A8 8 0 1 0 20 14",
  pip: "M4 5h16v14H4zM12.5 12h5v4.5h-5z",
  fullscreen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  theatre: "M3 6h18v12H3z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  tick: "m5 12.5 4.5 4.5L19 7.5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  eyeOff:
    "M4 4l16 16M9.5 5.9A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-3 3.7M6.5 7.7A15.5 15.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-1",
  key: "M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8M11 12.5 19.5 4M16 7.5l3 3",
  warning: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2v.1",
  close: "M6 6l12 12M18 6 6 18",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5 20 20",
  people:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 19.5a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.3",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5",
  system: "M3.5 5h17v11h-17zM9 20h6M12 16v4",
  laptop: "M5 6h14v10H5zM2.5 19h19",
  plus: "M12 5v14M5 12h14",
  chevron: "m7 10 5 5 5-5",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  reply: "M10 6 4.5 11.5 10 17M5 11.5h9a5.5 5.5 0 0 1 5.5 5.5v1",
  send: "M4.5 12 20 4.5 14.5 20l-3-6.5zM11.5 13.5 20 4.5",
  settings: "M4 7h9M17 7h3M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4M4 17h3M11 17h9M9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11.5M7 11l5 5 5-5M4 15.5V20h16v-4.5",
  circle: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16",
  done: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M8.5 12.2l2.5 2.5 4.5-5",
  up: "M12 19V5M6 11l6-6 6 6",
  pen: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM14 6.5l3.5 3.5",
  box: "M4 4.5h16v4H4zM5.5 8.5v11h13v-11M10 12.5h4",
  bin: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10.5 11v5M13.5 11v5",
  tag: "M4 4h8l8.5 8.5-8 8L4 12zM8.2 8.2v.01",
  upload: "M12 16V4.5M7 9l5-5 5 5M4 15.5V20h16v-4.5",
  picture: "M4 5h16v14H4zM4.5 16l5-5 4.5 4.5 2.5-2.5 3.5 3.5M15.5 9v.01",
  note: "M9 18.5V6l10-2v12M9 18.5a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0M19 16a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0",
  file: "M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5H18.5",
  grip: "M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01",
  star: "M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 7.5V12l3 2",
  shop: "M5.5 8.5h13l1 11.5h-15zM9 8.5V7a3 3 0 0 1 6 0v1.5",
  cart: "M3 4.5h2.5l2.2 11h10.1l2-8H6.3M9 20.2v.1M16.5 20.2v.1",
  cartPlus: "M3 4.5h2.5l2.2 11h10.1l1-4M9 20.2v.1M16.5 20.2v.1M16.5 3.5v6M13.5 6.5h6",
  receipt: "M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  undo: "M8.5 5 4.5 9l4 4M5 9h9a5.5 5.5 0 0 1 0 11H9",
  library: "M4.5 5v14M8.5 5v14M12.5 5.5l3.8-1 3.7 13.7-3.8 1z",
  previous: "M18 6v12l-9-6zM6.5 6v12",
  next: "M6 6v12l9-6zM17.5 6v12",
  list: "M4 7h11M4 12h11M4 17h7M18 12v6.5M18 18.5a1.75 1.75 0 1 1-3.5 0 1.75 1.75 0 0 1 3.5 0M18 12l2.5 1",
  filter: "M4 7h16M7 12h10M10 17h4",
  money: "M3.5 6.5h17v11h-17zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M6.5 9.5v.01M17.5 14.5v.01",
  arrow: "M5 12h14M13 6l6 6-6 6",
} as const

export type IconName = keyof typeof STROKES

export function Icon({
  name,
  size = 20,
  filled = false,
}: {
  name: IconName
  size?: number
  filled?: boolean
}): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className="shrink-0"
    >
      <path d={STROKES[name]} />
    </svg>
  )
}

/** The mark of the house: a wave of five bars. */
export function Mark({ size = 24 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true" className="shrink-0 text-accent">
      <path
        d="M3 9v6M7.5 5v14M12 8.5v7M16.5 6v12M21 10v4"
        stroke="currentColor"
        strokeWidth={2.5}
        strokeLinecap="round"
      />
    </svg>
  )
}
