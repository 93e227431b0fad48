// Tags as chips: Enter or a comma adds, each can be taken off, Backspace in an empty field takes the last.
import { useLingui } from "@lingui/react/macro"
import { type KeyboardEvent, type ReactNode, type Ref, useState } from "react"
import { BOX, Framed, useFrame } from "../../../ui/Field"
import { Icon } from "../../../ui/icons"
import { addTag, TAG_MOST, TAGS_MOST } from "./draft"

interface Props {
  tags: string[]
  onTags: (tags: string[]) => void
  error?: string | undefined
  inputRef?: Ref<HTMLInputElement>
}

function Chip({ tag, onRemove }: { tag: string; onRemove: () => void }): ReactNode {
  const { t } = useLingui()
  return (
    <li className="flex min-w-0 items-center rounded-full bg-quiet ps-3.5 text-sm">
      <span className="truncate" dir="auto">
        {tag}
      </span>
      <button
        type="button"
        aria-label={t`Remove tag ${tag}`}
        onClick={onRemove}
        className="grid size-9 shrink-0 place-items-center rounded-full text-muted hover:text-text disabled:invisible"
      >
        <Icon name="close" size={14} />
      </button>
    </li>
  )
}

export function TagsField({ tags, onTags, error, inputRef }: Props): ReactNode {
  const { t } = useLingui()
  const [typed, setTyped] = useState("")
  const isFull = tags.length >= TAGS_MOST
  const label = t`Tags`
  const help = isFull ? t`That is as many as there can be.` : t`Up to ${TAGS_MOST}. Enter or a comma adds one.`
  const { id, aria } = useFrame({ label, help, error })
  const add = (text: string): void => {
    onTags(addTag(tags, text).slice(0, TAGS_MOST))
    setTyped("")
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") {
      event.preventDefault()
      add(typed)
    } else if (event.key === "Backspace" && typed === "") onTags(tags.slice(0, -1))
  }
  return (
    <Framed id={id} label={label} help={help} error={error}>
      {tags.length > 0 ? (
        <ul aria-label={t`Chosen tags`} className="flex flex-wrap gap-2 pb-1">
          {tags.map((tag) => (
            <Chip key={tag} tag={tag} onRemove={() => onTags(tags.filter((other) => other !== tag))} />
          ))}
        </ul>
      ) : null}
      <input
        ref={inputRef}
        id={id}
        {...aria}
        value={typed}
        maxLength={TAG_MOST}
        autoCapitalize="none"
        enterKeyHint="done"
        placeholder={isFull ? "" : t`house, vinyl`}
        readOnly={isFull && typed === ""}
        className={BOX}
        onKeyDown={onKey}
        onBlur={() => typed.trim() && add(typed)}
        onChange={({ target: { value } }) => (value.includes(",") ? add(value) : setTyped(value))}
      />
    </Framed>
  )
}
