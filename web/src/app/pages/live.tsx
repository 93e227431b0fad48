// `/live?category=&search=`
import { useNavigate, useSearch } from "@tanstack/react-router"
import { LiveDirectory } from "../../features/live/LiveDirectory"

export function LiveRoute() {
  const filter = useSearch({ from: "/live" })
  const navigate = useNavigate()
  return <LiveDirectory filter={filter} onFilter={(search) => void navigate({ to: "/live", search })} />
}
