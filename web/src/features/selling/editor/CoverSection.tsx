// The picture of a product. It brings the colour to the shop, so it is shown large from the moment it is chosen.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { asApiError } from "../../../lib/errors"
import type { OwnProduct, PublicProduct } from "../../../lib/types"
import { usePictureUpload } from "../../../lib/usePictureUpload"
import { Button } from "../../../ui/Button"
import { Cover } from "../../../ui/Cover"
import { PictureField } from "../../../ui/PictureField"
import { keepProduct, removeCover } from "../api"
import { Section } from "./Section"
import type { Editor } from "./useEditor"

interface Props {
  editor: Editor
  product: PublicProduct | null
  most_bytes: number
  readOnly: boolean
}

function RemoveCover({ id }: { id: string }): ReactNode {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => removeCover(id),
    onSuccess: (product) => keepProduct(queries, product),
  })
  return (
    <>
      <Button look="plain" writes busy={remove.isPending} onClick={() => remove.mutate()}>
        <Trans>Remove</Trans>
      </Button>
      {remove.error ? (
        <p role="alert" className="w-full text-danger text-sm">
          {asApiError(remove.error).message}
        </p>
      ) : null}
    </>
  )
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
        remove={product ? <RemoveCover id={product.id} /> : null}
      />
    </Section>
  )
}
