// Where one writes: one line of up to 500 characters, with names to mention, what is answered, and the wait of slow mode.
// What the server refuses comes back here, words and reason, unless something new was begun.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react"
import { clockTime } from "../../../lib/format"
import { useNow } from "../../../lib/useBrowser"
import { Button, IconButton } from "../../../ui/Button"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import type { Refused, ShownMessage } from "./room"
import { lengthOf } from "./text"
import type { LiveStreamChat } from "./useLiveStreamChat"
import { useMentionList } from "./useMentionList"
import { usePaste } from "./usePaste"
import { useReasonWords } from "./useReasonWords"

const LONGEST = 500
const COUNT_FROM = 450

export interface Draft {
  text: string
  answering: ShownMessage | null
  refused: Refused | null
}

export const EMPTY_DRAFT: Draft = { text: "", answering: null, refused: null }

interface Props {
  chat: LiveStreamChat
  draft: Draft
  onDraft: (draft: Draft) => void
}

function Answering({ message, onCancel }: { message: ShownMessage; onCancel: () => void }): ReactNode {
  const { t } = useLingui()
  const { username } = message.user
  return (
    <div className="flex items-center gap-2 ps-1 text-sm">
      <Icon name="reply" size={16} />
      <p className="min-w-0 flex-1 truncate text-muted">
        <Trans>
          To <bdi className="font-semibold">{username}</bdi>:
        </Trans>{" "}
        <span dir="auto">{message.content}</span>
      </p>
      <IconButton label={t`Do not reply`} onClick={onCancel}>
        <Icon name="close" size={16} />
      </IconButton>
    </div>
  )
}

function Offered({
  id,
  names,
  chosen,
  onChoose,
}: {
  id: string
  names: string[]
  chosen: number
  onChoose: (name: string) => void
}): ReactNode {
  const { t } = useLingui()
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t`Names`}
      className="absolute inset-x-0 bottom-full z-10 mb-1 grid rounded-xl bg-raised p-1.5 shadow-xl ring-1 ring-line"
    >
      {names.map((name, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field's keys choose; focus stays there
        <div
          key={name}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(name)}
          className={cx("flex min-h-9 cursor-pointer items-center rounded-lg px-3", index === chosen && "bg-quiet")}
        >
          <bdi>{name}</bdi>
        </div>
      ))}
    </div>
  )
}

function useOffers(chat: LiveStreamChat, text: string, caret: number, onText: (text: string, caret: number) => void) {
  const [chosen, setChosen] = useState(0)
  const [closedFor, setClosedFor] = useState<string | null>(null)
  const found = useMentionList(chat, text, caret)
  const list = closedFor === text ? null : found
  const at = list ? Math.min(chosen, list.names.length - 1) : 0
  const choose = (name: string): void => {
    if (!list) return
    const before = `${text.slice(0, list.from)}${name} `
    onText(before + text.slice(caret).trimStart(), before.length)
    setChosen(0)
  }
  /** True when the key was the list's. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!list) return false
    const name = list.names[at]
    if (event.key === "ArrowDown") setChosen((at + 1) % list.names.length)
    else if (event.key === "ArrowUp") setChosen((at + list.names.length - 1) % list.names.length)
    else if ((event.key === "Enter" || event.key === "Tab") && name) choose(name)
    else if (event.key === "Escape") setClosedFor(text)
    else return false
    event.preventDefault()
    return true
  }
  return { names: list?.names ?? null, at, choose, onKey }
}

/** The newest refused message goes back into an empty field. */
function useTakeBack({ chat, draft, onDraft }: Props): void {
  const newest = chat.outgoing.at(-1)
  useEffect(() => {
    if (newest?.status !== "failed" || draft.text !== "") return
    const answering = chat.room.messages.find(({ id }) => id === newest.reply_to) ?? null
    onDraft({ text: newest.content, answering, refused: newest.refused })
    chat.discard(newest.nonce)
  }, [newest, draft.text, chat, onDraft])
}

function Refusal({ refused }: { refused: Refused }): ReactNode {
  const words = useReasonWords()
  return (
    <p role="alert" className="flex items-center gap-2 ps-1 text-danger text-sm">
      <Icon name="warning" size={16} />
      {words(refused.code, refused.until_ms === null ? null : refused.until_ms - Date.now(), refused.message)}
    </p>
  )
}

/** The wait that stands on the button; null when nothing has to be waited for. */
function waitOf({ refusal }: LiveStreamChat, refused: Refused | null): number | null {
  const told_ms = refused?.until_ms ? refused.until_ms - Date.now() : 0
  const left_ms = Math.max(refusal?.left_ms ?? 0, told_ms)
  return left_ms > 0 ? Math.ceil(left_ms / 1000) : null
}

export function Composer({ chat, draft, onDraft }: Props): ReactNode {
  const { t } = useLingui()
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState(0)
  const { text, answering, refused } = draft
  const left = LONGEST - lengthOf(text)
  useNow(1000, typeof refused?.until_ms === "number") // a wait that a refusal told runs down, too
  const wait_s = waitOf(chat, refused)
  const wait = wait_s === null ? "" : clockTime(wait_s)
  const ready = chat.canSend && wait_s === null && text.trim() !== "" && left >= 0
  useTakeBack({ chat, draft, onDraft })

  // Whoever chose to reply goes on in the field.
  useEffect(() => {
    if (answering) field.current?.focus()
  }, [answering])

  const write = (typed: string, to?: number): void => {
    // A message is one line, however its words came here.
    const line = typed.replace(/\s*[\r\n]+\s*/g, " ")
    onDraft({ text: line, answering, refused: null })
    setCaret(to ?? field.current?.selectionStart ?? line.length)
  }
  const caretTo = useRef<number | null>(null)
  const offers = useOffers(chat, text, caret, (next, to) => {
    write(next, to)
    caretTo.current = to
  })
  // With the text that it belongs to: a frame later somebody may be writing on already.
  useLayoutEffect(() => {
    if (caretTo.current !== null) field.current?.setSelectionRange(caretTo.current, caretTo.current)
    caretTo.current = null
  })
  const { onPaste, question } = usePaste(field, text, write)
  const send = (): void => {
    if (!ready) return
    chat.send(text.trim(), answering?.id ?? null)
    onDraft(EMPTY_DRAFT)
    setCaret(0)
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || offers.onKey(event)) return
    if (event.key === "Enter") {
      event.preventDefault()
      send()
    } else if (event.key === "Escape" && answering) onDraft({ ...draft, answering: null })
  }
  return (
    <form
      className="relative grid gap-1.5"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {answering ? <Answering message={answering} onCancel={() => onDraft({ ...draft, answering: null })} /> : null}
      {refused ? <Refusal refused={refused} /> : null}
      {offers.names ? <Offered id={id} names={offers.names} chosen={offers.at} onChoose={offers.choose} /> : null}
      <div className="flex items-end gap-2">
        <textarea
          ref={field}
          rows={1}
          aria-label={t`Message`}
          aria-autocomplete="list"
          aria-controls={offers.names ? id : undefined}
          aria-activedescendant={offers.names ? `${id}-${offers.at}` : undefined}
          aria-invalid={left < 0 || undefined}
          aria-describedby={left <= LONGEST - COUNT_FROM ? `${id}-count` : undefined}
          placeholder={t`Say something`}
          enterKeyHint="send"
          dir="auto"
          value={text}
          onChange={(event) => write(event.target.value)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          className="field-sizing-content max-h-32 min-h-11 min-w-0 flex-1 resize-none rounded-lg border border-edge bg-bg px-3 py-2 text-base leading-relaxed placeholder:text-muted"
        />
        <Button
          type="submit"
          writes
          aria-disabled={!ready}
          aria-label={wait_s === null ? t`Send` : t`Send, in ${wait}`}
          className="tabular shrink-0 px-3!"
        >
          {wait_s === null ? <Icon name="send" /> : wait}
        </Button>
      </div>
      {left <= LONGEST - COUNT_FROM ? (
        <p id={`${id}-count`} className={cx("tabular ps-1 text-xs", left < 0 ? "text-danger" : "text-muted")}>
          {left < 0 ? (
            <Plural value={-left} one="# character too many" other="# characters too many" />
          ) : (
            <Plural value={left} one="# character left" other="# characters left" />
          )}
        </p>
      ) : null}
      {question}
      <p role="status" className="sr-only">
        {offers.names ? <Plural value={offers.names.length} one="# name to choose" other="# names to choose" /> : null}
      </p>
    </form>
  )
}
