// `/sell/products/new` and `/sell/products/:id`: one page, so that what was typed survives the first save.
import { useNavigate, useParams } from "@tanstack/react-router"
import { useState } from "react"
import { ProductEditor } from "../../features/selling/editor/ProductEditor"
import { SignedInOnly } from "../SignedInOnly"

/** A new key for every product, but for the one that was just made on this page: there the page goes on. */
function useEditorKey(productId: string, created: string | undefined): number {
  const [shown, setShown] = useState({ productId, key: 0 })
  if (shown.productId === productId) return shown.key
  const key = productId === created ? shown.key : shown.key + 1
  setShown({ productId, key })
  return key
}

export function ProductEditorRoute() {
  const { productId } = useParams({ from: "/sell/products/$productId" })
  const navigate = useNavigate()
  const [created, setCreated] = useState<string>()
  const key = useEditorKey(productId, created)
  return (
    <SignedInOnly>
      <ProductEditor
        key={key}
        productId={productId === "new" ? null : productId}
        onCreated={(id) => {
          setCreated(id)
          void navigate({ to: "/sell/products/$productId", params: { productId: id }, replace: true })
        }}
      />
    </SignedInOnly>
  )
}
