// Types of texts.mjs for vite.config.ts.
import type { Plugin } from "vite"

export function texts(): Plugin
