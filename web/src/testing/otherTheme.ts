// Looks at a story once more in the other theme: colours are what a theme changes, so only they are judged again.
// A whole second run of all stories would ask everything else twice.
import axe from "axe-core"
import { applyTheme } from "@/lib/prefs"

const COLOUR_RULES = ["color-contrast", "link-in-text-block"]

/** Throws with what axe finds in `theme`; the theme is `back` again afterwards. */
export async function requireContrastIn(theme: "light" | "dark", back: "light" | "dark"): Promise<void> {
  applyTheme(theme)
  try {
    const { violations } = await axe.run(document.body, { runOnly: COLOUR_RULES, resultTypes: ["violations"] })
    const found = violations.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary ?? rule.help}`),
    )
    if (found.length > 0) throw new Error(`In the ${theme} theme:\n${found.join("\n")}`)
  } finally {
    applyTheme(back)
  }
}
