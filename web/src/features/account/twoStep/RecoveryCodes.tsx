// Recovery codes, this once: to be copied, kept as a file or printed. They live in this component only.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { saveFile } from "../../../lib/saveFile"
import { Button } from "../../../ui/Button"
import { copyText } from "../../../ui/clipboard"
import { Icon } from "../../../ui/icons"
import { Notice } from "../../../ui/states"
import { Card } from "../SettingsFrame"

const FILE = "veza-recovery-codes.txt"

export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }): ReactNode {
  const { t } = useLingui()
  const [said, setSaid] = useState("")
  const box = useRef<HTMLDivElement>(null)
  // The form that led here is gone: focus goes to what it brought.
  useEffect(() => box.current?.focus(), [])
  const text = `${codes.join("\n")}\n`
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(text)
    setSaid(isCopied ? t`Copied` : t`Copying failed. Select the text and copy it by hand.`)
  }
  const download = (): void => {
    saveFile(new Blob([text], { type: "text/plain" }), FILE)
    setSaid(t`The file ${FILE} is among your downloads.`)
  }
  return (
    <Card title={t`Your recovery codes`}>
      <div ref={box} tabIndex={-1} className="-m-2 grid gap-4 p-2">
        <Notice tone="warn">
          <Trans>They are shown this once. Keep them where you find them without your phone.</Trans>
        </Notice>
        <p>
          <Trans>Each works once, in place of a code of your app.</Trans>
        </p>
        <ol data-print className="grid list-inside list-decimal gap-x-8 gap-y-1 font-mono sm:grid-cols-2">
          {codes.map((code) => (
            <li key={code}>
              <code className="select-all text-base">{code}</code>
            </li>
          ))}
        </ol>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button look="quiet" onClick={() => void copy()}>
          <Icon name="copy" size={18} />
          <Trans>Copy</Trans>
        </Button>
        <Button look="quiet" onClick={download}>
          <Icon name="download" size={18} />
          <Trans>Download</Trans>
        </Button>
        <Button look="quiet" onClick={() => globalThis.print()}>
          <Icon name="file" size={18} />
          <Trans>Print</Trans>
        </Button>
      </div>
      <p role="status" className="min-h-6 text-muted text-sm">
        {said}
      </p>
      <div>
        <Button onClick={onDone}>
          <Trans>I have kept them</Trans>
        </Button>
      </div>
    </Card>
  )
}
