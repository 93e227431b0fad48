// `/sell/money?days=&onboarding=`: the payout provider sends people back to it.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useCallback } from "react"
import type { MoneySearch } from "../../features/money/filter"
import { MoneyPage } from "../../features/money/MoneyPage"
import { SignedInOnly } from "../SignedInOnly"

export function MoneyRoute() {
  const search = useSearch({ from: "/sell/money" })
  const navigate = useNavigate()
  const onSearch = useCallback(
    (next: MoneySearch) => void navigate({ to: "/sell/money", search: next, replace: true, resetScroll: false }),
    [navigate],
  )
  return (
    <SignedInOnly>
      <MoneyPage search={search} onSearch={onSearch} />
    </SignedInOnly>
  )
}
