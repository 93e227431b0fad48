// What a part of the page needs around it in a story or a test: language, an empty cache, a router in memory.
import { CSPProvider } from "@base-ui/react/csp-provider"
import { I18nProvider } from "@lingui/react"
import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { i18n } from "../lib/i18n"
import { Toasts } from "../ui/toasts"

export function testQueries(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false } } })
}

function testRouter(at: string) {
  return createRouter({ routeTree: createRootRoute(), history: createMemoryHistory({ initialEntries: [at] }) })
}

export function Surroundings({ at = "/", children }: { at?: string; children: ReactNode }): ReactNode {
  const [queries] = useState(testQueries)
  const [router] = useState(() => testRouter(at))
  return (
    <CSPProvider disableStyleElements={true}>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <RouterContextProvider router={router as never}>
            {children}
            <Toasts />
          </RouterContextProvider>
        </QueryClientProvider>
      </I18nProvider>
    </CSPProvider>
  )
}
