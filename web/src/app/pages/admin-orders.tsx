// `/admin/orders`, with its filter in the address
import { useNavigate, useSearch } from "@tanstack/react-router"
import { OrdersPage } from "../../features/admin/OrdersPage"
import { tidy } from "../../lib/address"
import { AdminOnly } from "../AdminOnly"

export function AdminOrdersRoute() {
  const filter = useSearch({ from: "/admin/orders" })
  const navigate = useNavigate()
  return (
    <AdminOnly>
      <OrdersPage
        filter={filter}
        onFilter={(search) =>
          void navigate({ to: "/admin/orders", search: tidy(search), replace: true, resetScroll: false })
        }
      />
    </AdminOnly>
  )
}
