// Cuts the one catalogue of a language into parts, so that a page brings only its own texts: `messages.po?part=shop` is
// what the pages of the part "shop" can show and the shell cannot. Which page is of which part stands in the router;
// what a page can show is what it imports; where a text is used, Lingui writes above it in the .po. Nothing is listed twice.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { createCompilationErrorMessage, createCompiledCatalog, getCatalogForFile, getCatalogs } from "@lingui/cli/api"
import { getConfig } from "@lingui/conf"

const PART = /\.po\?.*\bpart=(\w+)/
const FIRST = "first"
const PAGE = /\bpage\(\s*"(\w+)",\s*\(\) => import\("(\.\/pages\/[\w-]+)"\)/g
const ANY_PAGE = /\bimport\("\.\/pages\//g
const SHARED = /const SHARED[^=]*= \{([^}]*)\}/
const IMPORT = /(?:^|\n)(?:import|export) (?!type\b)[^"']*?from "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/g

function fileOf(specifier, from) {
  const bare = join(dirname(from), specifier)
  return [bare, `${bare}.ts`, `${bare}.tsx`].find((path) => /\.tsx?$/.test(path) && existsSync(path))
}

/** All that a file imports, now or later, without what is behind a page. */
function reach(file, pages, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, now, later] of readFileSync(file, "utf8").matchAll(IMPORT)) {
    const next = fileOf(now ?? later, file)
    if (next && !pages.has(next)) reach(next, pages, seen)
  }
  return seen
}

/** Each part's files, by what the router says. */
function filesOfParts(root) {
  const router = join(root, "src/app/router.tsx")
  const source = readFileSync(router, "utf8")
  const pages = new Map([...source.matchAll(PAGE)].map(([, part, path]) => [fileOf(path, router), part]))
  if (pages.size !== source.match(ANY_PAGE)?.length) throw new Error(`${router}: a page is loaded without its texts`)
  const parts = new Map([[FIRST, reach(join(root, "src/main.tsx"), pages)]])
  for (const [page, part] of pages) reach(page, new Set(), parts.get(part) ?? parts.set(part, new Set()).get(part))
  return parts
}

/** Which parts share what both can show, by the name of the part that holds it. */
function sharers(root) {
  const found = new Map()
  const [, pairs] = SHARED.exec(readFileSync(join(root, "src/lib/i18n.ts"), "utf8")) ?? []
  for (const [, part, shared] of (pairs ?? "").matchAll(/(\w+): "(\w+)"/g))
    found.set(shared, [...(found.get(shared) ?? []), part])
  return found
}

/** The texts of one part; what the shell shows as well is in the first part only, what two parts share in a third. */
async function textsOf(part, file, root, config) {
  const found = getCatalogForFile(relative(root, file), await getCatalogs(config))
  if (!found) throw new Error(`${file} is no catalogue of lingui.config`)
  const { locale, catalog } = found
  const parts = filesOfParts(root)
  const first = parts.get(FIRST)
  const shared = sharers(root)
  const own = (shared.get(part) ?? [part]).map((name) => parts.get(name))
  if (own.includes(undefined)) throw new Error(`The router knows no page of the part "${part}"`)
  const apart = [...shared.values()]
    .filter((names) => names.includes(part))
    .map((names) => names.map((name) => parts.get(name)))
  const entries = await catalog.read(locale)
  const { messages } = await catalog.getTranslations(locale, {
    fallbackLocales: config.fallbackLocales,
    sourceLocale: config.sourceLocale,
  })
  const isIn = (files, id) => entries[id]?.origin?.some(([origin]) => files.has(join(root, origin)))
  const isOwn = (id) =>
    own.every((files) => isIn(files, id)) && !apart.some((both) => both.every((files) => isIn(files, id)))
  const wanted = Object.entries(messages).filter(([id]) => isOwn(id) && (part === FIRST || !isIn(first, id)))
  const pseudo = config.pseudoLocale.find((one) => one.locale === locale)
  const options = { namespace: "es", pseudoLocale: pseudo?.locale, pseudoLocaleOptions: pseudo?.options }
  const { source, errors } = createCompiledCatalog(locale, Object.fromEntries(wanted), options)
  if (errors.length > 0) throw new Error(createCompilationErrorMessage(locale, errors))
  return source
}

/** @returns {import("vite").Plugin} */
export function texts() {
  let root = ""
  const config = getConfig()
  return {
    name: "veza-texts",
    enforce: "pre",
    configResolved(resolved) {
      root = resolved.root
    },
    async load(id) {
      const part = PART.exec(id)?.[1]
      if (!part) return null
      const file = id.split("?")[0]
      this.addWatchFile(file)
      return { code: await textsOf(part, file, root, config), map: null, moduleType: "js" }
    },
  }
}
