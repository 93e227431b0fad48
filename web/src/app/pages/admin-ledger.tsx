// `/admin/ledger`
import { LedgerPage } from "../../features/admin/LedgerPage"
import { AdminOnly } from "../AdminOnly"

export const AdminLedgerRoute = () => (
  <AdminOnly>
    <LedgerPage />
  </AdminOnly>
)
