// Writes .gz and .br beside every text asset of a build, so that the server only has to pick one.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"

const TEXT = /\.(?:js|css|html|svg|json|webmanifest|txt)$/
const WORTHWHILE_BYTES = 512

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

/** @returns {import("vite").Plugin} */
export function precompress() {
  let outDir = "dist"
  return {
    name: "veza-precompress",
    apply: "build",
    configResolved(config) {
      outDir = config.build.outDir
    },
    closeBundle() {
      if (this.meta.watchMode || process.env.STORYBOOK) return
      for (const path of files(outDir)) {
        if (path.includes(".vite")) continue
        const body = TEXT.test(path) ? readFileSync(path) : null
        if (!body || body.length < WORTHWHILE_BYTES) continue
        writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length }
        writeFileSync(`${path}.br`, brotliCompressSync(body, { params }))
      }
    },
  }
}
