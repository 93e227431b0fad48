// `/sell/products?status=&search=&offset=`
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useCallback } from "react"
import type { ProductsFilter } from "../../features/selling/filter"
import { ProductsPage } from "../../features/selling/ProductsPage"
import { SignedInOnly } from "../SignedInOnly"

export function ProductsRoute() {
  const filter = useSearch({ from: "/sell/products" })
  const navigate = useNavigate()
  const onFilter = useCallback(
    (search: ProductsFilter) => void navigate({ to: "/sell/products", search, replace: true }),
    [navigate],
  )
  return (
    <SignedInOnly>
      <ProductsPage filter={filter} onFilter={onFilter} />
    </SignedInOnly>
  )
}
