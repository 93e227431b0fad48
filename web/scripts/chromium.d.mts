// Types of chromium.mjs for vitest.config.ts.
export function systemChromium(): string | undefined
export const CHROMIUM_FLAGS: string[]
