// The message of a form that belongs to no single field, with the wait when the server asks for one.
import { Trans } from "@lingui/react/macro"
import { type ReactNode, useEffect, useRef } from "react"
import { Icon } from "./icons"

export function FormError({ message }: { message: string | undefined }): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (message) box.current?.focus()
  }, [message])
  if (!message) return null
  return (
    <div ref={box} role="alert" tabIndex={-1} className="flex gap-2 rounded-lg bg-danger-soft px-4 py-3">
      <span className="mt-0.5 text-danger">
        <Icon name="warning" />
      </span>
      <p>
        <span className="sr-only">
          <Trans>Not sent.</Trans>{" "}
        </span>
        {message}
      </p>
    </div>
  )
}
