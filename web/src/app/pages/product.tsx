// `/products/:id`
import { useParams } from "@tanstack/react-router"
import { BuyButtons } from "../../features/cart/BuyButtons"
import { FollowButton } from "../../features/people/FollowButton"
import { ProductPage } from "../../features/shop/product/ProductPage"

export function ProductRoute() {
  const { productId } = useParams({ from: "/products/$productId" })
  return (
    <ProductPage
      key={productId}
      productId={productId}
      follow={(username) => <FollowButton username={username} count={false} />}
      buy={(offer) => <BuyButtons key={offer.license?.id} {...offer} />}
    />
  )
}
