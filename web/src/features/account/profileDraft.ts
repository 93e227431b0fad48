// What stands in the profile's form, and what of it is sent. Pure.
import type { FieldPath } from "react-hook-form"
import type { Profile } from "../../lib/types"

export const NAME_MOST = 60
export const BIO_MOST = 2000
export const LINKS_MOST = 10
export const LINK_MOST = 200

export interface ProfileDraft {
  display_name: string
  bio: string
  links: Array<{ url: string }>
}

export const toDraft = ({ display_name, bio, links }: Profile): ProfileDraft => ({
  display_name,
  bio,
  links: links.map((url) => ({ url })),
})

/** What people type for an address: "nova.example" is meant as one of the web. */
export function toAddress(typed: string): string {
  const text = typed.trim()
  return text === "" || /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`
}

export function isAddress(typed: string): boolean {
  const text = toAddress(typed)
  if (text.length > LINK_MOST || /[\s\\]/.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname, username } = new URL(text)
  return /^https?:$/.test(protocol) && hostname.includes(".") && username === ""
}

/** Lines that were left empty are not sent. */
export const toInput = ({ display_name, bio, links }: ProfileDraft) => ({
  display_name: display_name.trim(),
  bio: bio.trim(),
  links: links.map(({ url }) => toAddress(url)).filter(Boolean),
})

/** Where the server's refusal belongs: `links.2` → `links.2.url`. */
export function placeOf(field: string): FieldPath<ProfileDraft> | null {
  const [first, index] = field.split(".")
  if (first === "display_name" || first === "bio") return first
  if (first === "links")
    return index === undefined ? "links" : (`links.${Number(index)}.url` as FieldPath<ProfileDraft>)
  return null
}
