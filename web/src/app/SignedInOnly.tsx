// Guards a page: waits for the session, sends visitors to sign in and back, keeps the page when a session expires on it.
import { useRouter } from "@tanstack/react-router"
import { type ReactNode, useEffect } from "react"
import { useSession } from "../lib/useSession"
import { PagePending } from "./PagePending"

export function SignedInOnly({ children }: { children: ReactNode }): ReactNode {
  const { status } = useSession()
  const router = useRouter()
  useEffect(() => {
    // Read once, not watched: this page is still here while the next one loads, and would send itself on and on.
    const next = router.state.location.href
    if (status === "out") void router.navigate({ to: "/login", search: { next }, replace: true })
  }, [status, router])
  return status === "in" || status === "expired" ? children : <PagePending />
}
