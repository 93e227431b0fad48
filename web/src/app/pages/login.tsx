// `/login?next=`
import { useSearch } from "@tanstack/react-router"
import { LoginPage } from "../../features/auth/LoginPage"
import { useReturn } from "../useReturn"

export function LoginRoute() {
  const { next } = useSearch({ from: "/login" })
  useReturn(next)
  return <LoginPage next={next} />
}
