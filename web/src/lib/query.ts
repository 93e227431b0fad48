// How the app's reads behave: what is retried, when it is fetched again. Queries themselves live with their feature.
import { QueryClient } from "@tanstack/react-query"
import { ApiError } from "./errors"

const TRIES = 2

/** A refusal stays a refusal; only silence and overload are worth another try. */
function shouldRetry(failures: number, error: unknown): boolean {
  if (failures >= TRIES) return false
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: shouldRetry, staleTime: 10_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  })
}
