// The pages of one area, side by side under its title.
import { Link } from "@tanstack/react-router"
import { type ReactNode, useLayoutEffect, useRef } from "react"

interface Props {
  label: string
  places: ReadonlyArray<{ to: string; name: string }>
}

export function SubNav({ label, places }: Props): ReactNode {
  const nav = useRef<HTMLElement>(null)
  // On a phone not all of them have room: the one that is open is in sight.
  useLayoutEffect(() => {
    const open = nav.current?.querySelector<HTMLElement>("[aria-current]")
    if (nav.current && open)
      nav.current.scrollLeft = open.offsetLeft + open.offsetWidth / 2 - nav.current.clientWidth / 2
  }, [])
  return (
    <nav ref={nav} aria-label={label} className="relative -mx-4 mb-6 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <ul className="flex w-max min-w-full gap-1 border-line border-b">
        {places.map(({ to, name }) => (
          <li key={to}>
            {/* Routes are joined by the app; here only their addresses are known. */}
            <Link
              to={to as "/"}
              activeOptions={{ exact: true, includeSearch: false }}
              className="-mb-px flex min-h-11 items-center whitespace-nowrap border-transparent border-b-2 px-3 font-medium text-muted hover:text-text aria-[current]:border-accent aria-[current]:text-text"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
