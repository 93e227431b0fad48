// How the web app is built and served while developing. Nothing here may name a machine's path or another host.

import { fileURLToPath } from "node:url"
import { lingui } from "@lingui/vite-plugin"
import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"
import { apiDocs } from "./scripts/apiDocs.mjs"
import { precompress } from "./scripts/precompress.mjs"
import { texts } from "./scripts/texts.mjs"

export default defineConfig({
  plugins: [react(), lingui({ macroTransform: true }), texts(), tailwindcss(), apiDocs(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    // Our CSP has no data: for scripts, styles and fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: !process.env.VITEST,
    proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } },
  },
})
