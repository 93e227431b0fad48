// `/shop?search=&sort=&type=&tag=&min_price=&max_price=`
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Catalogue } from "../../features/shop/Catalogue"

export function ShopRoute() {
  const filter = useSearch({ from: "/shop" })
  const navigate = useNavigate()
  return <Catalogue filter={filter} onFilter={(search) => void navigate({ to: "/shop", search })} />
}
