// The providers around everything, in one place.
import { CSPProvider } from "@base-ui/react/csp-provider"
import { i18n } from "@lingui/core"
import { I18nProvider } from "@lingui/react"
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import type { ReactNode } from "react"
import type { createAppRouter } from "./router"

export function App({
  queries,
  router,
}: {
  queries: QueryClient
  router: ReturnType<typeof createAppRouter>
}): ReactNode {
  return (
    <CSPProvider disableStyleElements>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </CSPProvider>
  )
}
