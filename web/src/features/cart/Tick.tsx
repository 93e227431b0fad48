// A box that must be ticked before one can pay, with what is missing said under it.
import { type ReactNode, type Ref, useId } from "react"
import { Icon } from "../../ui/icons"

interface Props {
  ref?: Ref<HTMLInputElement>
  checked: boolean
  onChange: (checked: boolean) => void
  error: string | undefined
  children: ReactNode
}

export function Tick({ ref, checked, onChange, error, children }: Props): ReactNode {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="flex min-h-11 items-start gap-3 py-2 text-sm">
        <input
          ref={ref}
          id={id}
          type="checkbox"
          required
          checked={checked}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={({ target }) => onChange(target.checked)}
          className="size-5 shrink-0 accent-accent"
        />
        {children}
      </label>
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 ps-8 font-medium text-danger text-sm">
          <Icon name="warning" size={18} />
          {error}
        </p>
      ) : null}
    </div>
  )
}
