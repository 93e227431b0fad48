// Starts the app: language, session, first page. Nothing else belongs here.
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./app/App"
import { createAppRouter } from "./app/router"
import "./app/styles.css"
import { activate } from "./lib/i18n"
import { readPref } from "./lib/prefs"
import { createQueryClient } from "./lib/query"
import { session } from "./lib/session"

async function start(root: HTMLElement): Promise<void> {
  const queries = createQueryClient()
  const router = createAppRouter(queries)
  void session.start()
  // The page's code travels beside the language: neither waits for the other.
  void router.load()
  await activate(readPref("locale")).catch(() => activate("en"))
  createRoot(root).render(
    <StrictMode>
      <App queries={queries} router={router} />
    </StrictMode>,
  )
}

const root = document.getElementById("root")
if (root) void start(root)
