// The token of a link that came by mail. It stands behind the #, which no server sees, and leaves the address bar at once.
import { useEffect, useState } from "react"

export function useLinkToken(): string | null {
  const [token] = useState(() => new URLSearchParams(globalThis.location.hash.slice(1)).get("token"))
  useEffect(() => {
    const { pathname, search } = globalThis.location
    if (globalThis.location.hash) history.replaceState(history.state, "", pathname + search)
  }, [])
  return token
}
