// Parts of the bars over the admin's lists: a choice, a narrowing that came by a link, and nothing found.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { Button } from "../../ui/Button"
import { SelectField } from "../../ui/Field"
import { Icon } from "../../ui/icons"
import { EmptyState } from "../../ui/states"
import { userQuery } from "./api"

interface ChoiceProps<Value extends string> {
  label: string
  value: Value | undefined
  choices: readonly Value[]
  nameOf: (value: Value) => string
  onChoose: (value: Value | undefined) => void
}

export function Choice<Value extends string>(props: ChoiceProps<Value>): ReactNode {
  const { t } = useLingui()
  const { label, value, choices, nameOf, onChoose } = props
  return (
    <SelectField
      label={label}
      value={value ?? ""}
      onChange={({ target }) => onChoose(choices.find((choice) => choice === target.value))}
    >
      <option value="">{t`All`}</option>
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {nameOf(choice)}
        </option>
      ))}
    </SelectField>
  )
}

/** What the list is narrowed to that no field of the bar says, with a way out of it. */
export function Narrowed({
  name,
  onClear,
  children,
}: {
  name: string
  onClear: () => void
  children: ReactNode
}): ReactNode {
  const { t } = useLingui()
  return (
    <p className="inline-flex min-h-11 items-center gap-2 rounded-full bg-accent-soft ps-4 text-sm">
      <span className="wrap-anywhere min-w-0">
        {name} <span className="font-semibold">{children}</span>
      </span>
      <button
        type="button"
        aria-label={t`No longer only: ${name}`}
        onClick={onClear}
        className="grid size-11 shrink-0 place-items-center rounded-full hover:bg-quiet"
      >
        <Icon name="close" size={16} />
      </button>
    </p>
  )
}

/** An address names people by id; a reader wants the name. */
export function PersonName({ id }: { id: string }): ReactNode {
  const { data } = useQuery(userQuery(id))
  return data?.username ?? `${id.slice(0, 8)}…`
}

export function NothingMatches({ onClear }: { onClear: () => void }): ReactNode {
  const { t } = useLingui()
  return (
    <EmptyState
      icon="search"
      title={t`Nothing here matches`}
      action={
        <Button look="quiet" onClick={onClear}>
          <Trans>Show all</Trans>
        </Button>
      }
    />
  )
}
