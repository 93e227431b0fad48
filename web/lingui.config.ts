// Which languages exist and where their catalogues live. English is the source; "pseudo" only ever checks layouts.
import { defineConfig } from "@lingui/cli"
import { formatter } from "@lingui/format-po"

export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "fr", "pseudo"],
  pseudoLocale: "pseudo",
  fallbackLocales: { default: "en" },
  // scripts/texts.mjs reads where a text is used.
  format: formatter({ lineNumbers: false }),
  catalogs: [
    {
      path: "<rootDir>/src/locales/{locale}/messages",
      include: ["src"],
      exclude: ["**/*.stories.tsx", "**/*.test.*", "**/testing/**"],
    },
  ],
})
