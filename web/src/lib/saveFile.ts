// Files to keep: bytes that were fetched with the session's right, or an address that carries its own.

const KEPT_MS = 60_000

/** The server names the file and says that it is one to keep, so the page stays where it is. */
export function followDownload(url: string, name = ""): void {
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.hidden = true
  document.body.append(link)
  link.click()
  link.remove()
}

export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  followDownload(url, name)
  // The download has begun by then in every browser; some begin it late.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
