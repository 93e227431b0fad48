// Where files are dropped, and a button that lets them be chosen. What becomes of them is the caller's business.
import { useLingui } from "@lingui/react/macro"
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react"
import { cx } from "./classes"

interface Props {
  /** What the button shows unless there are children; always the name of the choosing. */
  label: string
  accept?: string
  multiple?: boolean
  disabled?: boolean
  onFiles: (files: File[]) => void
  className?: string
  children?: ReactNode
}

const holdsFiles = ({ dataTransfer }: { dataTransfer: DataTransfer | null }): boolean =>
  dataTransfer?.types.includes("Files") ?? false

/** Browsers open a file that is dropped beside the zone, and the page with all its work is gone: here they do not. */
function useSafeDrops(): void {
  useEffect(() => {
    const ignore = (event: globalThis.DragEvent): void => {
      if (holdsFiles(event)) event.preventDefault()
    }
    globalThis.addEventListener("dragover", ignore)
    globalThis.addEventListener("drop", ignore)
    return () => {
      globalThis.removeEventListener("dragover", ignore)
      globalThis.removeEventListener("drop", ignore)
    }
  }, [])
}

/** A folder arrives as a file that cannot be read: it is told apart while the drop lasts. */
function filesOf({ items }: DataTransfer): { files: File[]; folders: number } {
  const all = [...items].filter(({ kind }) => kind === "file")
  const files = all.filter((item) => item.webkitGetAsEntry()?.isDirectory !== true)
  return {
    files: files.map((item) => item.getAsFile()).filter((file) => file !== null),
    folders: all.length - files.length,
  }
}

export function DropZone({
  label,
  accept,
  multiple = false,
  disabled = false,
  onFiles,
  className,
  children,
}: Props): ReactNode {
  const { t } = useLingui()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [folders, setFolders] = useState(false)
  useSafeDrops()
  const take = (files: File[]): void => {
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1))
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    if (disabled) return
    const dropped = filesOf(event.dataTransfer)
    setFolders(dropped.folders > 0)
    take(dropped.files)
  }
  return (
    <div className="grid gap-2">
      <button
        type="button"
        aria-disabled={disabled || undefined}
        onClick={() => disabled || input.current?.click()}
        onDragEnter={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDragOver={(event) => event.preventDefault()}
        onDrop={onDrop}
        className={cx(
          "grid w-full place-items-center rounded-xl border-2 border-dashed text-center transition-colors duration-150",
          "*:pointer-events-none aria-disabled:opacity-60",
          over && !disabled ? "border-accent bg-accent-soft" : "border-edge hover:border-accent hover:bg-quiet",
          className ?? "min-h-32 gap-1 p-5",
        )}
      >
        {children ?? <span className="font-semibold">{label}</span>}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={multiple}
        onChange={({ target }) => {
          const chosen = [...(target.files ?? [])]
          // The same file may be chosen again after a failure.
          target.value = ""
          setFolders(false)
          take(chosen)
        }}
      />
      <p role="status" className={folders ? "text-sm text-warn" : "sr-only"}>
        {folders ? t`Folders cannot be sent. Choose the files in them, or make a ZIP archive.` : ""}
      </p>
    </div>
  )
}
