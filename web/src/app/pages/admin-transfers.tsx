// `/admin/transfers`, with its filter in the address
import { useNavigate, useSearch } from "@tanstack/react-router"
import { TransfersPage } from "../../features/admin/TransfersPage"
import { tidy } from "../../lib/address"
import { AdminOnly } from "../AdminOnly"

export function AdminTransfersRoute() {
  const filter = useSearch({ from: "/admin/transfers" })
  const navigate = useNavigate()
  return (
    <AdminOnly>
      <TransfersPage
        filter={filter}
        onFilter={(search) =>
          void navigate({ to: "/admin/transfers", search: tidy(search), replace: true, resetScroll: false })
        }
      />
    </AdminOnly>
  )
}
