/* The peer of shop_list.py: the public list on Fastify and pg, with the statements of the platform itself.
 *
 *     node shop_peer.mjs MODULES_FOLDER PORT JSON_FILE
 *
 * Written as Fastify's documentation shows it: a schema for the query, a schema for the answer (so that Fastify compiles
 * a serialiser), a pool, named prepared statements.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"

const [, , folder, port, given] = process.argv
const require = createRequire(join(folder, "package.json"))
const { statements, ...database } = JSON.parse(readFileSync(given, "utf8"))
const pg = require("pg")
pg.types.setTypeParser(20, Number)
const pool = new pg.Pool({ ...database, max: 10 })
const app = require("fastify")()

const FILTERS = ["words", "type", "seller_id", "min_price", "max_price"]
const string = { type: "string" }
const nullable = (type) => ({ type, nullable: true })
const integer = { type: "integer" }
const license = {
  type: "object",
  properties: {
    id: string, name: string, price_cents: integer, exclusive: { type: "boolean" }, terms: string,
    file_ids: { type: "array", items: string },
  },
}
const product = {
  type: "object",
  properties: {
    id: string, seller: { type: "object", properties: { id: string, username: string } }, title: string,
    description: string, type: string, price_cents: integer, currency: string, status: string,
    tags: { type: "array", items: string }, cover_url: nullable("string"), cover_small_url: nullable("string"),
    preview_url: nullable("string"), duration_seconds: nullable("number"),
    licenses: { type: "array", items: license }, rating_average: nullable("number"), rating_count: integer,
    created_at: string, updated_at: string, published_at: string,
    takedown_reason: nullable("string"),
  },
}
const answer = {
  type: "object",
  properties: {
    success: { type: "boolean" },
    data: {
      type: "object",
      properties: {
        products: { type: "array", items: product }, total: integer, limit: integer, offset: integer,
        next_cursor: nullable("string"), total_capped: { type: "boolean" },
      },
    },
  },
}
const query = {
  type: "object",
  properties: {
    search: { type: "string", maxLength: 200 },
    tag: { type: "string", maxLength: 30 },
    sort: { enum: ["newest", "oldest", "price_asc", "price_desc", "rating", "title", "relevance"] },
    type: { enum: ["track", "album", "beat", "sample_pack", "preset", "service"] },
    seller_id: { type: "string", format: "uuid" },
    min_price: { type: "integer", minimum: 0 },
    max_price: { type: "integer", minimum: 0 },
    limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    offset: { type: "integer", minimum: 0, maximum: 10000, default: 0 },
  },
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()

function wordsOf({ search, tag }) {
  const words = search ? (fold(search).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `'${word}':*`) : []
  if (tag) words.push(`'#${fold(tag).replaceAll("'", "''")}'`)
  return words.length > 0 ? words.join(" & ") : undefined
}

const PRICE_STEPS = [1, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]
const stepOf = (price) => PRICE_STEPS.filter((step) => step <= price).length

function keysOf({ search, tag, type, min_price, max_price }) {
  const key = (word) => `'\u0001${word.replaceAll("'", "''")}'`
  const keys = search ? (fold(search).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => key(word.slice(0, 20))) : []
  if (tag) keys.push(key(`#${fold(tag)}`))
  if (type) keys.push(key(`@${type}`))
  if (min_price !== undefined || max_price !== undefined) {
    const last = max_price === undefined ? PRICE_STEPS.length : stepOf(max_price)
    const first = stepOf(min_price ?? 0)
    const steps = []
    for (let step = first; step <= last; step++) steps.push(key(`$${step}`))
    if (steps.length <= 2 || first >= 8) keys.push(`(${steps.join(" | ")})`)
  }
  return keys.join(" & ")
}

const run = async (name, values) => (await pool.query({ name, text: statements[name], values })).rows

/* The rows of a search, which is done as the platform does it: all at once, or what is common in a second step. */
async function searched(wanted, sort, filters, values, edge) {
  const prices = [wanted.min_price, wanted.max_price].filter((price) => price !== undefined)
  const given = [keysOf(wanted), ...(sort === "relevance" ? [wanted.words] : []), ...prices]
  const rows = await run(["search", sort, ...filters].join(" "), [...given, ...edge])
  const { total, few } = rows[0]
  if (few || sort === "relevance") return { rows: rows.filter((row) => row.id !== null), total }
  return { rows: await run(["page", sort, ...filters].join(" "), [...values, ...edge]), total }
}

const media = (id) => (id === null ? null : `/api/v1/media/${id}`)

function view(row) {
  return {
    id: row.id,
    seller: { id: row.seller_id, username: row.seller_username },
    title: row.title,
    description: row.description,
    type: row.type,
    price_cents: row.price_cents,
    currency: "EUR",
    status: "published",
    tags: row.tags,
    cover_url: media(row.cover_id),
    cover_small_url: media(row.cover_small_id),
    preview_url: media(row.preview_id),
    duration_seconds: row.duration_ms === null ? null : row.duration_ms / 1000,
    licenses: row.licenses === null ? [] : JSON.parse(row.licenses),
    rating_average: row.rating_average,
    rating_count: row.rating_count,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    published_at: row.published_at.toISOString(),
    takedown_reason: null,
  }
}

app.get(
  "/api/v1/marketplace/products",
  { schema: { querystring: query, response: { 200: answer } } },
  async ({ query: asked }) => {
    const sort = asked.sort ?? "newest"
    const wanted = { ...asked, words: wordsOf(asked) }
    const filters = FILTERS.filter((name) => wanted[name] !== undefined)
    const values = filters.map((filter) => wanted[filter])
    const edge = [asked.limit + 1, asked.offset]
    let rows, total
    if (wanted.words !== undefined && wanted.seller_id === undefined) {
      ;({ rows, total } = await searched(wanted, sort, filters, values, edge))
    } else {
      rows = await run(["page", sort, ...filters].join(" "), [...values, ...edge])
      total = rows.length > 0 ? rows[0].total : 0
    }
    const shown = rows.slice(0, asked.limit)
    let next_cursor = null
    if (rows.length > asked.limit) {
      const last = shown[shown.length - 1]
      const parts = [sort, last.sort_key, last.id, total, new Date().toISOString()]
      next_cursor = Buffer.from(JSON.stringify(parts)).toString("base64url")
    }
    const data = { products: shown.map(view), total, limit: asked.limit, offset: asked.offset, next_cursor }
    if (filters.length > 0 && total >= 1001) data.total_capped = true
    return { success: true, data }
  },
)

await app.listen({ host: "127.0.0.1", port: Number(port) })
