// A story in French: what it says must be there, and fit. `loaders` of the preview bring every text.
import { activate } from "../lib/i18n"

export const IN_FRENCH = { loaders: [() => activate("fr")] }
