// A small menu in the header, on the browser's own popover: light dismiss and Esc without any library.
import { type ReactNode, useId, useRef } from "react"
import { cx } from "../ui/classes"
import { Icon } from "../ui/icons"

interface Props {
  label: string
  trigger: ReactNode
  children: ReactNode
}

export function Menu({ label, trigger, children }: Props): ReactNode {
  const id = useId()
  const panel = useRef<HTMLDivElement>(null)
  return (
    <div className="relative">
      <button
        type="button"
        popoverTarget={id}
        aria-label={label}
        className="inline-flex min-h-11 min-w-11 items-center justify-center gap-1 rounded-lg px-2 text-muted transition-colors duration-150 hover:bg-quiet hover:text-text"
      >
        {trigger}
        <Icon name="chevron" size={14} />
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click on any entry (by key, too) bubbles here and closes the panel */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the entries inside are the controls */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        className="pop fixed inset-auto end-[max(0.75rem,calc(50%-34.5rem))] top-16 min-w-56 rounded-xl bg-raised p-1.5 shadow-xl ring-1 ring-line"
        onClick={(event) => {
          if ((event.target as Element).closest("a, button")) panel.current?.hidePopover()
        }}
      >
        {children}
      </div>
    </div>
  )
}

export const MENU_ENTRY = "flex min-h-11 w-full items-center gap-3 rounded-lg px-3 text-start text-text hover:bg-quiet"

export function Choice({
  chosen,
  onChoose,
  children,
}: {
  chosen: boolean
  onChoose: () => void
  children: ReactNode
}): ReactNode {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onChoose}
      className={cx(MENU_ENTRY, chosen && "font-semibold")}
    >
      <span className="flex flex-1 items-center gap-3">{children}</span>
      {chosen ? <Icon name="tick" size={18} /> : null}
    </button>
  )
}
