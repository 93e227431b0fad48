// Writes src/schema.gen.ts from an OpenAPI document: `npm run schema -- openapi.json`. With --check it only compares.
import { readFileSync, writeFileSync } from "node:fs"
import openapiTS, { astToString } from "openapi-typescript"

const [source, flag] = process.argv.slice(2)
if (!source) {
  console.error("usage: npm run schema -- <path of the OpenAPI document> [--check]")
  process.exit(2)
}
const target = new URL("../src/schema.gen.ts", import.meta.url)
const header = "// Generated from the OpenAPI document by `npm run schema`. Never edit by hand.\n"
const text =
  header +
  astToString(
    await openapiTS(JSON.parse(readFileSync(source, "utf8")), { alphabetize: true, defaultNonNullable: false }),
  )
if (flag === "--check") {
  if (readFileSync(target, "utf8") !== text) {
    console.error("src/schema.gen.ts does not match the OpenAPI document: run `npm run schema` and commit the result.")
    process.exit(1)
  }
} else {
  writeFileSync(target, text)
}
