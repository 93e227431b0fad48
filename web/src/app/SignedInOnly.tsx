// Guards a page: waits for the session, sends visitors to sign in and back, keeps the page when a session expires on it.
import { useLocation, useNavigate } from "@tanstack/react-router"
import { type ReactNode, useEffect } from "react"
import { useSession } from "../lib/useSession"
import { PagePending } from "./PagePending"

export function SignedInOnly({ children }: { children: ReactNode }): ReactNode {
  const { status } = useSession()
  const navigate = useNavigate()
  const next = useLocation({ select: (location) => location.href })
  useEffect(() => {
    if (status === "out") void navigate({ to: "/login", search: { next }, replace: true })
  }, [status, next, navigate])
  return status === "in" || status === "expired" ? children : <PagePending />
}
