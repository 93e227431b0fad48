// Two projects, both in a real Chromium: every story (with axe), and the unit tests.
import { fileURLToPath } from "node:url"
import { storybookTest } from "@storybook/addon-vitest/vitest-plugin"
import { playwright } from "@vitest/browser-playwright"
import { defineConfig, mergeConfig } from "vitest/config"
import { CHROMIUM_FLAGS, systemChromium } from "./scripts/chromium.mjs"
import viteConfig from "./vite.config.ts"

const executablePath = systemChromium()

/** Vitest changes the object it is given, so each project gets its own. */
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: { args: CHROMIUM_FLAGS, ...(executablePath ? { executablePath } : {}) },
    contextOptions: { permissions: ["clipboard-read", "clipboard-write"], locale: "en-GB", reducedMotion: "reduce" },
  }),
  instances: [{ browser: "chromium" as const }],
})

export default mergeConfig(
  viteConfig,
  defineConfig({
    // Two runs side by side each have one of their own; Storybook reads the same name.
    ...(process.env.CACHE_DIR ? { cacheDir: process.env.CACHE_DIR } : {}),
    test: {
      // Two runs at once take two ports.
      api: { host: "127.0.0.1", strictPort: false },
      fileParallelism: false,
      testTimeout: 60_000,
      projects: [
        {
          extends: true,
          plugins: [storybookTest({ configDir: fileURLToPath(new URL(".storybook", import.meta.url)) })],
          test: { name: "storybook", browser: browser() },
        },
        {
          extends: true,
          test: { name: "unit", include: ["src/**/*.test.{ts,tsx}"], browser: browser() },
        },
      ],
    },
  }),
)
