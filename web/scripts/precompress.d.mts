// Types of precompress.mjs for vite.config.ts.
import type { Plugin } from "vite"

export function precompress(): Plugin
