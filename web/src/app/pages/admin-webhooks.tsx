// `/admin/webhooks`, with its filter in the address
import { useNavigate, useSearch } from "@tanstack/react-router"
import { WebhooksPage } from "../../features/admin/WebhooksPage"
import { tidy } from "../../lib/address"
import { AdminOnly } from "../AdminOnly"

export function AdminWebhooksRoute() {
  const filter = useSearch({ from: "/admin/webhooks" })
  const navigate = useNavigate()
  return (
    <AdminOnly>
      <WebhooksPage
        filter={filter}
        onFilter={(search) =>
          void navigate({ to: "/admin/webhooks", search: tidy(search), replace: true, resetScroll: false })
        }
      />
    </AdminOnly>
  )
}
