// The way back from a deletion, between the conversation and the field, so that the keyboard finds it on its way.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Button } from "../../../ui/Button"
import type { Undoable } from "./useDeletions"

interface Props extends Undoable {
  /** Goes back to the line that stands again. */
  onUndone: (messageId: string) => void
}

export function UndoStrip({ waiting, deletions, onUndone }: Props): ReactNode {
  const { t } = useLingui()
  return (
    <div role="status" className="max-h-36 shrink-0 overflow-y-auto">
      {waiting.length > 0 ? (
        <ul className="divide-y divide-line border-line border-t bg-quiet">
          {waiting.map(({ id, user: { username } }) => (
            <li key={id} className="flex items-center gap-2 ps-4 pe-1 text-sm">
              <p className="min-w-0 flex-1 truncate py-1">
                <Trans>
                  Deleted: the message of <bdi className="font-semibold">{username}</bdi>
                </Trans>
              </p>
              <Button
                look="plain"
                aria-label={t`Undo: the message of ${username}`}
                onFocus={() => deletions.hold(id)}
                onBlur={() => deletions.release(id)}
                onClick={() => {
                  deletions.undo(id)
                  onUndone(id)
                }}
              >
                <Trans>Undo</Trans>
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
