// Languages: each is fetched when it is chosen, so nobody loads the texts of two. No text of a page lives here.
import { i18n, type Messages } from "@lingui/core"
import type { Prefs } from "./prefs"

export const LANGUAGES: ReadonlyArray<{ code: Prefs["locale"]; name: string }> = [
  { code: "en", name: "English" },
  { code: "fr", name: "Français" },
]

const loaders: Record<Prefs["locale"], () => Promise<{ messages: Messages }>> = {
  en: () => import("../locales/en/messages.po"),
  fr: () => import("../locales/fr/messages.po"),
  pseudo: () => import("../locales/pseudo/messages.po"),
}

export async function activate(locale: Prefs["locale"]): Promise<void> {
  const known = locale in loaders ? locale : "en"
  const { messages } = await loaders[known]()
  i18n.loadAndActivate({ locale: known, messages })
  document.documentElement.lang = known === "pseudo" ? "en" : known
}

export { i18n }
