// `/admin`
import { OverviewPage } from "../../features/admin/OverviewPage"
import { AdminOnly } from "../AdminOnly"

export const AdminOverviewRoute = () => (
  <AdminOnly>
    <OverviewPage />
  </AdminOnly>
)
