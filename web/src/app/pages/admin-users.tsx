// `/admin/users`, with its filter in the address
import { useNavigate, useSearch } from "@tanstack/react-router"
import { UsersPage } from "../../features/admin/UsersPage"
import { tidy } from "../../lib/address"
import { AdminOnly } from "../AdminOnly"

export function AdminUsersRoute() {
  const filter = useSearch({ from: "/admin/users" })
  const navigate = useNavigate()
  return (
    <AdminOnly>
      <UsersPage
        filter={filter}
        onFilter={(search) =>
          void navigate({ to: "/admin/users", search: tidy(search), replace: true, resetScroll: false })
        }
      />
    </AdminOnly>
  )
}
