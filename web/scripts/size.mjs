// Holds a build to its budget (gzip, kB): first load, texts of each language by part, style sheet, each route. Reads dist/; prints what it found.
import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

const FIRST_JS_KB = 130
const FIRST_TEXTS_KB = 6
const PART_TEXTS_KB = 6
const CSS_KB = 12
const ROUTE_KB = 40
const dist = new URL("../dist/", import.meta.url)

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"))
const kb = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024

/** A chunk and all it imports at once, without what is in `seen`. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) closure(next, seen)
  return seen
}

const total = (keys) => [...keys].reduce((sum, key) => sum + kb(manifest[key].file), 0)
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const first = closure(entry)
const css = (manifest[entry].css ?? []).reduce((sum, file) => sum + kb(file), 0)
const failures = []

function report(name, size, limit) {
  const over = size > limit
  if (over) failures.push(name)
  console.log(`${over ? "✗" : "✓"} ${name.padEnd(28)} ${size.toFixed(1).padStart(6)} kB of ${limit}`)
}

report("first load, scripts", total(first), FIRST_JS_KB)
const parts = Object.keys(manifest).filter((key) => /^src\/locales\/(?:en|fr)\//.test(key))
for (const key of parts) {
  const [, locale, part] = /locales\/(\w+)\/.*\bpart=(\w+)/.exec(key)
  const isFirst = part === "first"
  report(
    `${isFirst ? "first load, texts" : `texts ${part}`} ${locale}`,
    kb(manifest[key].file),
    isFirst ? FIRST_TEXTS_KB : PART_TEXTS_KB,
  )
}
if (parts.length === 0) failures.push("no texts")
report("first load, style", css, CSS_KB)
for (const key of Object.keys(manifest).filter((name) => name.startsWith("src/app/pages/"))) {
  const own = [...closure(key)].filter((part) => !first.has(part))
  report(`route ${key.replace("src/app/pages/", "").replace(".tsx", "")}`, total(own), ROUTE_KB)
}
for (const key of Object.keys(manifest).filter(
  (name) => manifest[name].isDynamicEntry && !/^src\/(?:app\/pages|locales)\//.test(name),
)) {
  const own = [...closure(key)].filter((part) => !first.has(part))
  console.log(`  later: ${key.replace("node_modules/", "").padEnd(40)} ${total(own).toFixed(1)} kB`)
}
if (failures.length > 0) {
  console.error(`Over budget: ${failures.join(", ")}`)
  process.exit(1)
}
