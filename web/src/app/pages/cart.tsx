// `/cart`
import { CartPage } from "../../features/cart/CartPage"

export const CartRoute = () => <CartPage />
