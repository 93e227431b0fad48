// The surroundings of every story: both themes, English, no network, a fresh cache, axe as a gate.
import type { Preview } from "@storybook/react-vite"
import { mswLoader } from "msw-storybook-addon/csf3"
import { configure } from "storybook/test"
import "../src/app/styles.css"
import { activate, loadTexts, PARTS } from "../src/lib/i18n"
import { applyTheme } from "../src/lib/prefs"
import { session } from "../src/lib/session"
import { defaultHandlers } from "../src/testing/handlers"
import { requireContrastIn } from "../src/testing/otherTheme"
import { Surroundings } from "../src/testing/Surroundings"

// A first visit compiles the page it goes to; waiting ends as soon as what is awaited is there.
configure({ asyncUtilTimeout: 20_000 })

const preview: Preview = {
  tags: ["test"],
  initialGlobals: { theme: "light" },
  globalTypes: {
    theme: { toolbar: { title: "Theme", items: ["light", "dark"], dynamicTitle: true } },
  },
  // A story shows a part of a page without having gone there.
  loaders: [mswLoader(), () => Promise.all(PARTS.map(loadTexts)), () => activate("en")],
  beforeEach: ({ globals }) => {
    localStorage.clear()
    session.forget()
    applyTheme(globals.theme === "dark" ? "dark" : "light")
  },
  afterEach: async ({ globals }) => {
    if (import.meta.env.MODE !== "test") return
    const theme = globals.theme === "dark" ? "dark" : "light"
    await requireContrastIn(theme === "dark" ? "light" : "dark", theme)
  },
  decorators: [
    (Story, { parameters }) => (
      <Surroundings at={typeof parameters.at === "string" ? parameters.at : "/"}>
        <Story />
      </Surroundings>
    ),
  ],
  parameters: {
    layout: "fullscreen",
    msw: { handlers: defaultHandlers },
    options: { storySort: { order: ["Pages", "Live", "UI"] } },
    a11y: {
      test: "error",
      options: {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      },
      config: {
        rules: [
          // A story is one part of a page: the shell brings the landmarks, and its own story checks them.
          { id: "region", enabled: false },
          { id: "landmark-one-main", enabled: false },
          { id: "page-has-heading-one", enabled: false },
        ],
      },
    },
  },
}

export default preview
