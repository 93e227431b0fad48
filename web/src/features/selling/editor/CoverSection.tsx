// The picture of a product. It brings the colour to the shop, so it is shown large from the moment it is chosen.
import { useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import type { OwnProduct, PublicProduct } from "../../../lib/types"
import { usePictureUpload } from "../../../lib/usePictureUpload"
import { Cover } from "../../../ui/Cover"
import { PictureField } from "../../../ui/PictureField"
import { RemoveButton } from "../../../ui/RemoveButton"
import { keepProduct, removeCover } from "../api"
import { Section } from "./Section"
import type { Editor } from "./useEditor"

interface Props {
  editor: Editor
  product: PublicProduct | null
  most_bytes: number
  readOnly: boolean
}

export function CoverSection({ editor, product, most_bytes, readOnly }: Props): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const upload = usePictureUpload<OwnProduct>({
    path: async () => `/api/v1/marketplace/products/${await editor.ensure(t`Untitled`)}/cover`,
    most_bytes,
    onDone: (saved) => keepProduct(queries, saved),
  })
  return (
    <Section title={t`Cover`}>
      <PictureField
        upload={upload}
        src={product?.cover_url ?? null}
        names={{ choose: t`Choose or drop a cover`, replace: t`Replace cover`, sending: t`Sending the cover` }}
        hint={t`A picture makes people stop and listen. Square looks best, 1,400 pixels or more.`}
        most_bytes={most_bytes}
        wide
        disabled={readOnly}
        fallback={<Cover id={product?.id ?? ""} />}
        remove={
          product ? (
            <RemoveButton action={() => removeCover(product.id)} onDone={(saved) => keepProduct(queries, saved)} />
          ) : null
        }
      />
    </Section>
  )
}
