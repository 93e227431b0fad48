// What can be done with one message: answer it, and for those who moderate, act on it and on who wrote it. On the browser's
// own popover: light dismiss and Esc come with it. On a phone it stands at the bottom edge.
import { Trans, useLingui } from "@lingui/react/macro"
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react"
import { cx } from "../../../ui/classes"
import type { ShownMessage } from "./room"
import type { LiveStreamChat } from "./useLiveStreamChat"

export type Act =
  | { kind: "reply" | "delete" | "recent" | "ban" | "appoint" | "dismiss" }
  | { kind: "time_out"; seconds: number }

interface Props {
  message: ShownMessage
  anchor: HTMLElement
  chat: LiveStreamChat
  onAct: (act: Act) => void
  onClose: () => void
}

const MARGIN_PX = 8

/** Beside its anchor, inside the window. */
function place(panel: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect()
  const { offsetWidth, offsetHeight } = panel
  const below = at.bottom + MARGIN_PX + offsetHeight <= globalThis.innerHeight
  const top = below ? at.bottom + 4 : Math.max(MARGIN_PX, at.top - offsetHeight - 4)
  panel.style.top = `${Math.min(top, globalThis.innerHeight - offsetHeight - MARGIN_PX)}px`
  panel.style.left = `${Math.max(MARGIN_PX, at.right - offsetWidth)}px`
}

function Item({
  act,
  danger = false,
  onAct,
  children,
}: {
  act: Act
  danger?: boolean
  onAct: Props["onAct"]
  children: ReactNode
}): ReactNode {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      onClick={() => onAct(act)}
      className={cx(
        "flex min-h-11 w-full items-center rounded-lg px-3 text-start hover:bg-quiet sm:min-h-9",
        danger && "text-danger",
      )}
    >
      {children}
    </button>
  )
}

/** Nobody moderates the host or staff; moderators do not moderate each other. */
function mayActOn(chat: LiveStreamChat, { user }: ShownMessage): boolean {
  if (!chat.moderates || user.id === chat.me?.id || user.badge === "host" || user.badge === "staff") return false
  return chat.appoints || user.badge !== "moderator"
}

function Moderation({ message, chat, onAct }: Pick<Props, "message" | "chat" | "onAct">): ReactNode {
  const { t } = useLingui()
  const waits: Array<[number, string]> = [
    [60, t`Time out 1 minute`],
    [600, t`Time out 10 minutes`],
    [3600, t`Time out 1 hour`],
    [86_400, t`Time out 1 day`],
  ]
  return (
    <>
      <Item act={{ kind: "recent" }} onAct={onAct}>
        <Trans>Recent from this user</Trans>
      </Item>
      {waits.map(([seconds, name]) => (
        <Item key={seconds} act={{ kind: "time_out", seconds }} onAct={onAct}>
          {name}
        </Item>
      ))}
      <Item act={{ kind: "ban" }} danger onAct={onAct}>
        <Trans>Ban from this chat</Trans>
      </Item>
      {chat.appoints && message.user.badge !== "moderator" ? (
        <Item act={{ kind: "appoint" }} onAct={onAct}>
          <Trans>Make moderator</Trans>
        </Item>
      ) : null}
      {chat.appoints && message.user.badge === "moderator" ? (
        <Item act={{ kind: "dismiss" }} onAct={onAct}>
          <Trans>Remove as moderator</Trans>
        </Item>
      ) : null}
    </>
  )
}

export function MessageMenu({ message, anchor, chat, onAct, onClose }: Props): ReactNode {
  const { t } = useLingui()
  const panel = useRef<HTMLDivElement>(null)
  const { username, id } = message.user
  const actsOn = mayActOn(chat, message)

  useLayoutEffect(() => {
    const element = panel.current
    if (!element) return
    element.showPopover()
    place(element, anchor)
    element.querySelector<HTMLElement>("[role=menuitem]")?.focus()
  }, [anchor])

  const move = (event: KeyboardEvent): void => {
    const items = [...(panel.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])]
    const at = items.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
    if (event.key === "Tab" || event.key === "Escape") panel.current?.hidePopover()
    if (to === undefined) return
    event.preventDefault()
    items.at(to % items.length)?.focus()
  }
  return (
    <div
      ref={panel}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={t`Message of ${username}`}
      onKeyDown={move}
      onToggle={(event) => {
        if (event.newState !== "closed") return
        anchor.focus()
        onClose()
      }}
      className="pop fixed inset-auto max-h-[80dvh] min-w-56 overflow-y-auto rounded-xl bg-raised p-1.5 shadow-xl ring-1 ring-line max-sm:inset-x-2! max-sm:top-auto! max-sm:bottom-2! max-sm:w-auto"
    >
      {chat.canSend ? (
        <Item act={{ kind: "reply" }} onAct={onAct}>
          <Trans>Reply</Trans>
        </Item>
      ) : null}
      {chat.moderates && (actsOn || id === chat.me?.id) ? (
        <Item act={{ kind: "delete" }} danger onAct={onAct}>
          <Trans>Delete message</Trans>
        </Item>
      ) : null}
      {!chat.moderates && id === chat.me?.id ? (
        <Item act={{ kind: "delete" }} danger onAct={onAct}>
          <Trans>Delete message</Trans>
        </Item>
      ) : null}
      {actsOn ? <Moderation message={message} chat={chat} onAct={onAct} /> : null}
    </div>
  )
}

/** Whether the menu would hold anything. */
export const hasMenu = (chat: LiveStreamChat, message: ShownMessage): boolean =>
  chat.canSend || message.user.id === chat.me?.id || mayActOn(chat, message)
