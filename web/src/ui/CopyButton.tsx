// Copies without showing: keeps its name and width, turns to a tick for 2 s, announces the result.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useState } from "react"
import { IconButton } from "./Button"
import { copyText } from "./clipboard"
import { Icon } from "./icons"

const TICK_MS = 2000

interface Props {
  /** The button's name: "Copy server URL". */
  what: string
  value: string | (() => Promise<string>)
  onFailure?: () => void
}

export function CopyButton({ what, value, onFailure }: Props): ReactNode {
  const { t } = useLingui()
  const [result, setResult] = useState<"idle" | "done" | "failed">("idle")
  useEffect(() => {
    if (result === "idle") return
    const timer = setTimeout(() => setResult("idle"), TICK_MS)
    return () => clearTimeout(timer)
  }, [result])

  async function copy(): Promise<void> {
    const text = typeof value === "string" ? value : await value()
    const done = await copyText(text)
    setResult(done ? "done" : "failed")
    if (!done) onFailure?.()
  }

  return (
    <>
      <IconButton label={what} onClick={() => void copy()} className="text-muted hover:bg-line hover:text-text">
        <Icon name={result === "done" ? "tick" : result === "failed" ? "warning" : "copy"} />
      </IconButton>
      <span role="status" className="sr-only">
        {result === "done"
          ? t`Copied`
          : result === "failed"
            ? t`Copying failed. Select the text and copy it by hand.`
            : ""}
      </span>
    </>
  )
}
