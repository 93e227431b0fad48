// Carries out what was chosen in a message's menu. Deleting shows at once and can be undone; banning asks first; what fails
// is said in the panel.
import { useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import { lazy, type ReactNode, Suspense, useRef, useState } from "react"
import { asApiError } from "../../../lib/errors"
import { Button } from "../../../ui/Button"
import { toast } from "../../../ui/toasts"
import { ban, setModerator, timeOut } from "./api"
import type { Act } from "./MessageMenu"
import type { ShownMessage } from "./room"
import { type Undoable, useDeletions } from "./useDeletions"
import type { LiveStreamChat } from "./useLiveStreamChat"
import type { Author } from "./wire"

const ConfirmDialog = lazy(() => import("../../../ui/dialogs").then((module) => ({ default: module.ConfirmDialog })))
const RecentDialog = lazy(() => import("./RecentDialog").then((module) => ({ default: module.RecentDialog })))

export interface Moderation extends Undoable {
  /** The chat with what is being deleted as good as deleted. */
  shown: LiveStreamChat
  act: (act: Act, message: ShownMessage) => void
  /** What went wrong last, in words. */
  problem: string | null
  forgive: () => void
  /** The question or list that stands open, if any. */
  dialog: ReactNode
}

export function useModeration(chat: LiveStreamChat): Moderation {
  const { t } = useLingui()
  const queries = useQueryClient()
  const safe = useRef<HTMLButtonElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [asked, setAsked] = useState<ShownMessage | null>(null)
  const [recent, setRecent] = useState<Author | null>(null)
  const [busy, setBusy] = useState(false)
  const { streamId } = chat
  const { shown, waiting, deletions } = useDeletions(chat, setProblem)

  const carry = async (work: Promise<unknown>, done: string): Promise<void> => {
    setProblem(null)
    try {
      await work
      toast(done)
    } catch (cause) {
      setProblem(asApiError(cause).message)
    }
    void queries.invalidateQueries({ queryKey: ["chat", streamId] })
  }

  const act = (chosen: Act, message: ShownMessage): void => {
    const { id, username } = message.user
    switch (chosen.kind) {
      case "delete":
        setProblem(null)
        deletions.begin(message)
        break
      case "recent":
        setProblem(null)
        setRecent(message.user)
        break
      case "time_out":
        void carry(timeOut(streamId, id, chosen.seconds), t`${username} is timed out.`)
        break
      case "ban":
        setAsked(message)
        break
      case "appoint":
        void carry(setModerator(streamId, id, true), t`${username} is a moderator now.`)
        break
      case "dismiss":
        void carry(setModerator(streamId, id, false), t`${username} is no longer a moderator.`)
        break
      case "reply": // the composer's
    }
  }

  const confirm = async (): Promise<void> => {
    if (!asked) return
    setBusy(true)
    await carry(ban(streamId, asked.user.id), t`${asked.user.username} is banned from this chat.`)
    setBusy(false)
    setAsked(null)
  }
  const name = asked?.user.username ?? ""
  const dialog = asked ? (
    <Suspense>
      <ConfirmDialog
        open
        onClose={() => setAsked(null)}
        safe={safe}
        title={t`Ban ${name} from this chat?`}
        description={t`They can read, but not write or be listed here, until you lift the ban.`}
      >
        <div className="flex flex-wrap justify-end gap-2">
          <Button ref={safe} look="quiet" onClick={() => setAsked(null)}>
            {t`Do not ban`}
          </Button>
          <Button look="danger" writes busy={busy} onClick={() => void confirm()}>
            {t`Ban`}
          </Button>
        </div>
      </ConfirmDialog>
    </Suspense>
  ) : recent ? (
    <Suspense>
      <RecentDialog
        of={recent}
        chat={shown}
        waiting={waiting}
        deletions={deletions}
        problem={problem}
        onClose={() => setRecent(null)}
      />
    </Suspense>
  ) : null
  return { act, problem, forgive: () => setProblem(null), dialog, shown, waiting, deletions }
}
