// `/admin/audit`, with its filter in the address
import { useNavigate, useSearch } from "@tanstack/react-router"
import { AuditPage } from "../../features/admin/AuditPage"
import { tidy } from "../../lib/address"
import { AdminOnly } from "../AdminOnly"

export function AdminAuditRoute() {
  const filter = useSearch({ from: "/admin/audit" })
  const navigate = useNavigate()
  return (
    <AdminOnly>
      <AuditPage
        filter={filter}
        onFilter={(search) =>
          void navigate({ to: "/admin/audit", search: tidy(search), replace: true, resetScroll: false })
        }
      />
    </AdminOnly>
  )
}
