// Everything that can be said of the web app without running it: types, style, dead code, arrows, catalogues, sizes of the build.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const bin = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url))
const catalogue = (locale) => readFileSync(new URL(`../src/locales/${locale}/messages.po`, import.meta.url), "utf8")

let failed = false

function run(name, script, args) {
  const began = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: "utf8" })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${status === 0 ? "✓" : "✗"} ${name} (${seconds} s)`)
  if (status !== 0) {
    failed = true
    console.log(`${stdout}${stderr}`)
  }
}

/** Texts without a translation; the first entry of a file is its header. */
function missing(locale) {
  return catalogue(locale)
    .split("\n\n")
    .slice(1)
    .filter((entry) => /^msgstr ""$/m.test(entry) && !/^msgstr ""\n"/m.test(entry)).length
}

function catalogues() {
  const before = catalogue("en")
  run("texts", bin("@lingui/cli/dist/lingui.js"), ["extract", "--clean"])
  if (catalogue("en") !== before) {
    failed = true
    console.log("✗ the catalogues were out of date: they are written now, commit them")
  }
  const untranslated = missing("fr")
  if (untranslated > 0) {
    failed = true
    console.log(`✗ ${untranslated} texts have no French`)
  }
}

// TypeScript 7 checks; the package named `typescript` is 6, for the tools that need its API. Hence by path.
run("types", bin("@typescript/native/bin/tsc"), ["--noEmit"])
run("style", bin("@biomejs/biome/bin/biome"), ["check", "."])
run("dead code", bin("knip/bin/knip.js"), [])
run("arrows", bin("dependency-cruiser/bin/dependency-cruiser.mjs"), ["src", "--config", ".dependency-cruiser.mjs"])
catalogues()
run("sizes", fileURLToPath(new URL("size.mjs", import.meta.url)), [])
process.exit(failed ? 1 : 0)
