// Puts text on the clipboard. Tells whether it worked, since browsers may refuse.
export async function copyText(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value)
    return true
  } catch {
    return false
  }
}
