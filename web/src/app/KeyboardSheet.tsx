// The sheet of all keys, with the switch that turns single letters off.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { usePref } from "../lib/prefs"
import { Button } from "../ui/Button"
import { PlainDialog } from "../ui/dialogs"

function Keys({ title, rows }: { title: string; rows: Array<[string, string]> }): ReactNode {
  return (
    <section className="grid gap-2">
      <h3 className="font-semibold">{title}</h3>
      <dl className="grid gap-1.5">
        {rows.map(([keys, meaning]) => (
          <div key={keys} className="flex items-center justify-between gap-4">
            <dt className="text-muted">{meaning}</dt>
            <dd>
              <kbd className="rounded-md bg-sunken px-2 py-1 font-mono text-sm">{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

export function KeyboardSheet({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const { t } = useLingui()
  const [shortcuts, setShortcuts] = usePref("shortcuts")
  return (
    <PlainDialog open={open} onClose={onClose} title={t`Keyboard shortcuts`}>
      <Keys
        title={t`Everywhere`}
        rows={[
          ["?", t`This sheet`],
          ["/", t`Search`],
          ["g h", t`Home`],
          ["g p", t`Shop`],
          ["g l", t`Live`],
          ["g s", t`Studio`],
          ["g c", t`Cart`],
          ["g o", t`Orders`],
        ]}
      />
      <Keys
        title={t`While focus is in the player`}
        rows={[
          ["k", t`Play or pause`],
          ["j ←", t`Back 10 seconds`],
          ["l →", t`Forward 10 seconds`],
          ["↑ ↓", t`Volume`],
          ["m", t`Mute`],
          ["f", t`Fullscreen`],
          ["t", t`Theatre mode`],
          ["i", t`Picture in picture`],
          ["End", t`Go to live`],
        ]}
      />
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          className="size-5 accent-accent"
          checked={shortcuts === "on"}
          onChange={(event) => setShortcuts(event.target.checked ? "on" : "off")}
        />
        <Trans>Single letters do something</Trans>
      </label>
      <Button look="quiet" onClick={onClose}>
        <Trans>Close</Trans>
      </Button>
    </PlainDialog>
  )
}
