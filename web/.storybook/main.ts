// What Storybook shows and with which add-ons. The mock API's worker is copied here, never into public/: it must not ship.
import { copyFileSync, mkdirSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import type { StorybookConfig } from "@storybook/react-vite"

const folder = fileURLToPath(new URL("./static/", import.meta.url))
mkdirSync(folder, { recursive: true })
copyFileSync(createRequire(import.meta.url).resolve("msw/mockServiceWorker.js"), `${folder}mockServiceWorker.js`)

const config: StorybookConfig = {
  framework: "@storybook/react-vite",
  stories: ["../src/**/*.stories.tsx"],
  addons: ["@storybook/addon-a11y", "@storybook/addon-vitest", "msw-storybook-addon"],
  staticDirs: ["./static", "../public"],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
}

export default config
