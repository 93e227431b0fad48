// One picture on its way to the server: shown at once, with progress, and what went wrong. For covers and avatars.
import { useCallback, useEffect, useRef, useState } from "react"
import { ApiError, asApiError } from "./errors"
import { isCancelled, sendFile } from "./upload"

export const PICTURES = "image/jpeg,image/png,image/webp,image/gif"

interface Options<Data> {
  /** Where it goes. May take its time: a draft may have to be made first. */
  path: () => string | Promise<string>
  most_bytes: number
  onDone: (data: Data) => void
}

export interface PictureUpload {
  /** The picture that was chosen, until the server has answered. */
  preview: string | null
  /** 0 to 1 while it is sent. */
  progress: number | null
  failure: ApiError | null
  start: (file: File) => void
  again: (() => void) | null
  cancel: () => void
}

const refused = (code: string): ApiError => new ApiError("", { status: -1, code })

/** What can be said without asking the server. */
function problem(file: File, most_bytes: number): ApiError | null {
  if (file.size === 0) return refused("empty_file")
  if (file.size > most_bytes) return refused("payload_too_large")
  return PICTURES.split(",").includes(file.type) ? null : refused("unsupported_media_type")
}

export function usePictureUpload<Data>({ path, most_bytes, onDone }: Options<Data>): PictureUpload {
  const [preview, setPreview] = useState<string | null>(null)
  const [progress, setProgress] = useState<number | null>(null)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [file, setFile] = useState<File | null>(null)
  const running = useRef<AbortController | null>(null)

  const show = useCallback((next: string | null): void => {
    setPreview((before) => {
      if (before) URL.revokeObjectURL(before)
      return next
    })
  }, [])
  useEffect(() => () => running.current?.abort(), [])

  async function run(picture: File): Promise<void> {
    running.current?.abort()
    const abort = new AbortController()
    running.current = abort
    setFailure(null)
    setProgress(0)
    try {
      const onProgress = (sent: number): void => setProgress(sent / picture.size)
      const target = { method: "PUT" as const, path: await path(), body: picture }
      const { data } = await sendFile<Data>({ ...target, signal: abort.signal, onProgress })
      onDone(data)
      setFile(null)
      show(null)
    } catch (cause) {
      if (isCancelled(cause)) return
      setFailure(asApiError(cause))
    } finally {
      if (running.current === abort) setProgress(null)
    }
  }

  function start(picture: File): void {
    const wrong = problem(picture, most_bytes)
    setFailure(wrong)
    if (wrong) {
      setFile(null)
      show(null)
      return
    }
    setFile(picture)
    show(URL.createObjectURL(picture))
    void run(picture)
  }

  function cancel(): void {
    running.current?.abort()
    running.current = null
    setProgress(null)
    setFailure(null)
    setFile(null)
    show(null)
  }

  return { preview, progress, failure, start, again: file && failure ? () => void run(file) : null, cancel }
}
