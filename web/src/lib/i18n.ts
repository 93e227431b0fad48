// Languages: English is bundled, the others are fetched when chosen. No text of a page lives here.
import { i18n } from "@lingui/core"
import { messages as english } from "../locales/en/messages.po"
import type { Prefs } from "./prefs"

export const LANGUAGES: ReadonlyArray<{ code: Prefs["locale"]; name: string }> = [
  { code: "en", name: "English" },
  { code: "fr", name: "Français" },
]

const loaders: Record<Exclude<Prefs["locale"], "en">, () => Promise<{ messages: typeof english }>> = {
  fr: () => import("../locales/fr/messages.po"),
  pseudo: () => import("../locales/pseudo/messages.po"),
}

export async function activate(locale: Prefs["locale"]): Promise<void> {
  const known = locale in loaders ? (locale as keyof typeof loaders) : "en"
  if (known === "en") i18n.loadAndActivate({ locale: "en", messages: english })
  else i18n.loadAndActivate({ locale: known, messages: (await loaders[known]()).messages })
  document.documentElement.lang = known === "pseudo" ? "en" : known
}

export { i18n }
