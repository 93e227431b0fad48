// `/register?next=`
import { useSearch } from "@tanstack/react-router"
import { RegisterPage } from "../../features/auth/RegisterPage"
import { useReturn } from "../useReturn"

export function RegisterRoute() {
  const { next } = useSearch({ from: "/register" })
  useReturn(next)
  return <RegisterPage next={next} />
}
