// Languages, and the parts they come in: nobody loads the texts of two languages, nor those of pages not visited.
// A part is cut out of a language's one catalogue by scripts/texts.mjs. No text of a page lives here.
import { i18n, type Messages } from "@lingui/core"
import { type Prefs, readPref } from "./prefs"

type Locale = Prefs["locale"]

export const LANGUAGES: ReadonlyArray<{ code: Locale; name: string }> = [
  { code: "en", name: "English" },
  { code: "fr", name: "Français" },
]

interface Texts {
  messages: Messages
}

// The names are the router's; each is written out, since the build reads them.
const LOADERS = {
  first: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "first" } }),
  account: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "account" } }),
  admin: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "admin" } }),
  buying: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "buying" } }),
  chat: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "chat" } }),
  front: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "front" } }),
  money: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "money" } }),
  product: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "product" } }),
  selling: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "selling" } }),
  studio: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "studio" } }),
  watch: import.meta.glob<Texts>("../locales/*/messages.po", { query: { part: "watch" } }),
}

export type Part = keyof typeof LOADERS

// What the pages of both can say is a part of its own, and comes with either. scripts/texts.mjs reads this.
const SHARED: Partial<Record<Part, Part>> = { studio: "chat", watch: "chat" }

export const PARTS = Object.keys(LOADERS) as Part[]

const fileOf = (locale: string): string => `../locales/${locale}/messages.po`
const isKnown = (locale: string): locale is Locale => fileOf(locale) in LOADERS.first

const wanted = new Set<Part>(["first"])
const loaded = new Set<string>()
let current: Locale | null = null

async function load(part: Part, locale: Locale): Promise<void> {
  const name = `${locale} ${part}`
  if (loaded.has(name)) return
  const texts = await LOADERS[part][fileOf(locale)]?.()
  if (!texts || loaded.has(name)) return
  loaded.add(name)
  i18n.load(locale, texts.messages)
}

/** From now on the app speaks this language, on all pages that were visited. */
export async function activate(chosen: Locale): Promise<void> {
  const locale = isKnown(chosen) ? chosen : "en"
  current = locale
  await Promise.all([...wanted].map((part) => load(part, locale)))
  // Another choice may have been made meanwhile.
  if (current !== locale) return
  i18n.activate(locale)
  document.documentElement.lang = locale === "pseudo" ? "en" : locale
}

/** What a page says, in the language spoken or about to be. */
export async function loadTexts(part: Part): Promise<void> {
  const shared = SHARED[part]
  const parts = shared ? [part, shared] : [part]
  for (const one of parts) wanted.add(one)
  const chosen = current ?? readPref("locale")
  await Promise.all(parts.map((one) => load(one, isKnown(chosen) ? chosen : "en")))
}

export { i18n }
