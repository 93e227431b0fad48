// Hands bytes that were fetched with the session's right to the browser, as a file to keep.

const KEPT_MS = 60_000

export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.hidden = true
  document.body.append(link)
  link.click()
  link.remove()
  // The download has begun by then in every browser; some begin it late.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
