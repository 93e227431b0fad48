// Labelled inputs with their help and their error beside them. Text is 16 px so that phones do not zoom.
import { useLingui } from "@lingui/react/macro"
import { type ComponentPropsWithRef, type ReactNode, useId, useState } from "react"
import { cx } from "./classes"
import { Icon } from "./icons"

export const BOX =
  "w-full min-h-11 rounded-lg border border-edge bg-surface px-3 py-2 text-base text-text placeholder:text-muted aria-invalid:border-danger disabled:border-line disabled:bg-quiet disabled:placeholder:text-transparent"

interface Frame {
  label: string
  help?: ReactNode
  error?: string | undefined
}

export function useFrame({ help, error }: Frame) {
  const id = useId()
  const describedBy = [help ? `${id}-help` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ")
  return { id, aria: { "aria-invalid": error ? true : undefined, "aria-describedby": describedBy || undefined } }
}

export function Framed({ id, label, help, error, children }: Frame & { id: string; children: ReactNode }): ReactNode {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-1.5">
      <label htmlFor={id} className="font-semibold text-sm">
        {label}
      </label>
      {children}
      {help ? (
        <p id={`${id}-help`} className="text-muted text-sm">
          {help}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 font-medium text-danger text-sm">
          <Icon name="warning" size={18} />
          {/* The server words it as "must be …", to stand after a field's name. */}
          <span className="block first-letter:uppercase">{error}</span>
        </p>
      ) : null}
    </div>
  )
}

export function TextField({
  label,
  help,
  error,
  className,
  ...rest
}: Frame & ComponentPropsWithRef<"input">): ReactNode {
  const { id, aria } = useFrame({ label, help, error })
  return (
    <Framed id={id} label={label} help={help} error={error}>
      <input id={id} {...rest} {...aria} className={cx(BOX, className)} />
    </Framed>
  )
}

export function TextArea({ label, help, error, ...rest }: Frame & ComponentPropsWithRef<"textarea">): ReactNode {
  const { id, aria } = useFrame({ label, help, error })
  return (
    <Framed id={id} label={label} help={help} error={error}>
      <textarea id={id} rows={3} {...rest} {...aria} className={BOX} />
    </Framed>
  )
}

export function SelectField({ label, help, error, ...rest }: Frame & ComponentPropsWithRef<"select">): ReactNode {
  const { id, aria } = useFrame({ label, help, error })
  return (
    <Framed id={id} label={label} help={help} error={error}>
      <select id={id} {...rest} {...aria} className={BOX} />
    </Framed>
  )
}

export function CheckField({ label, help, ...rest }: Omit<Frame, "error"> & ComponentPropsWithRef<"input">): ReactNode {
  const { id, aria } = useFrame({ label, help })
  return (
    <div>
      <label htmlFor={id} className="flex min-h-11 items-center gap-3 font-semibold">
        <input id={id} type="checkbox" {...rest} {...aria} className="size-5 shrink-0 accent-accent" />
        {label}
      </label>
      {help ? (
        <p id={`${id}-help`} className="ps-8 text-muted text-sm">
          {help}
        </p>
      ) : null}
    </div>
  )
}

export function PasswordField({ label, help, error, ...rest }: Frame & ComponentPropsWithRef<"input">): ReactNode {
  const { t } = useLingui()
  const { id, aria } = useFrame({ label, help, error })
  const [shown, setShown] = useState(false)
  return (
    <Framed id={id} label={label} help={help} error={error}>
      <div className="relative">
        <input
          id={id}
          {...rest}
          {...aria}
          type={shown ? "text" : "password"}
          autoCapitalize="none"
          spellCheck={false}
          className={cx(BOX, "pe-12")}
        />
        <button
          type="button"
          aria-pressed={shown}
          aria-label={t`Show password`}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 end-0 grid w-11 place-items-center rounded-lg text-muted hover:text-text"
        >
          <Icon name={shown ? "eyeOff" : "eye"} />
        </button>
      </div>
    </Framed>
  )
}
