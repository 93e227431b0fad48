// Leaves the sign-in pages as soon as there is a session: back to where the visitor came from.
import { useRouter } from "@tanstack/react-router"
import { useEffect } from "react"
import { useSession } from "../lib/useSession"

export function useReturn(next: string | undefined): void {
  const { history } = useRouter()
  const { status } = useSession()
  useEffect(() => {
    if (status === "in") history.replace(next ?? "/")
  }, [status, next, history])
}
