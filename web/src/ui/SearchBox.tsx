// Words to search a list for. They are searched for when they are sent, not while they are typed. `/` leads here.
import { Trans, useLingui } from "@lingui/react/macro"
import { type FormEvent, type ReactNode, useState } from "react"
import { Button } from "./Button"
import { Icon } from "./icons"

interface Props {
  label: string
  words: string
  onSearch: (words: string) => void
  /** How many characters are taken. */
  most?: number
  className?: string
  placeholder?: string
}

export function SearchBox({ label, words, onSearch, most, className, placeholder }: Props): ReactNode {
  const { t } = useLingui()
  const [typed, setTyped] = useState(words)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSearch(typed.trim())
  }
  return (
    <search className={className}>
      <form onSubmit={submit} className="flex gap-2">
        <input
          type="search"
          data-search=""
          maxLength={most}
          aria-label={label}
          placeholder={placeholder ?? t`Title, artist or tag`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="min-h-11 w-full min-w-0 rounded-lg border border-edge bg-surface px-3 text-base placeholder:text-muted sm:w-64"
        />
        <Button type="submit" look="quiet">
          <Icon name="search" />
          <Trans>Search</Trans>
        </Button>
      </form>
    </search>
  )
}
