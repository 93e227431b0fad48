// Puts the page of the API document (GET /api/v1/docs) beside the app: Swagger UI's own files, served by us, so that
// nothing is loaded from other hosts. Not part of the app's own bundle.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const START = `window.ui = SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`

export function apiDocs() {
  const require = createRequire(import.meta.url)
  const read = (name) => readFileSync(require.resolve(`swagger-ui-dist/${name}`))
  return {
    name: "veza-api-docs",
    apply: "build",
    generateBundle() {
      for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"])
        this.emitFile({ type: "asset", fileName: `api-docs/${name}`, source: read(name) })
      this.emitFile({ type: "asset", fileName: "api-docs/start.js", source: START })
    },
  }
}
