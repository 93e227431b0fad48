// `/sell/transfers?status=&from=&to=`
import { useNavigate, useSearch } from "@tanstack/react-router"
import { TransfersPage } from "../../features/money/TransfersPage"
import { tidy } from "../../lib/address"
import { SignedInOnly } from "../SignedInOnly"

export function TransfersRoute() {
  const filter = useSearch({ from: "/sell/transfers" })
  const navigate = useNavigate()
  return (
    <SignedInOnly>
      <TransfersPage
        filter={filter}
        onFilter={(search) =>
          void navigate({ to: "/sell/transfers", search: tidy(search), replace: true, resetScroll: false })
        }
      />
    </SignedInOnly>
  )
}
