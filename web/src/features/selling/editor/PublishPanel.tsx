// What is still missing before a product goes on sale, the button that puts it there, and what stands there afterwards.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useId } from "react"
import { useWatch } from "react-hook-form"
import { asApiError } from "../../../lib/errors"
import { absoluteTime } from "../../../lib/format"
import type { ProductFile, PublicProduct } from "../../../lib/types"
import { AskFirstButton } from "../../../ui/AskFirstButton"
import { Button, buttonClass } from "../../../ui/Button"
import { CopyButton } from "../../../ui/CopyButton"
import { Icon } from "../../../ui/icons"
import { toast } from "../../../ui/toasts"
import { archiveProduct, keepProduct, publishProduct, refreshProduct } from "../api"
import { ProductLink, publicAddress } from "../ProductLink"
import { StatusBadge } from "../StatusBadge"
import { isPrice, toCents } from "./draft"
import { Section } from "./Section"
import type { Editor } from "./useEditor"

interface Props {
  editor: Editor
  product: PublicProduct | null
  currency: string
  files: ProductFile[]
  /** Files that are still on their way. */
  sending: number
}

interface Check {
  name: string
  isDone: boolean
  /** Nice to have. */
  optional?: boolean
  note?: string | undefined
}

function useChecks({ editor, product, currency, files, sending }: Props): Check[] {
  const { t } = useLingui()
  const { title, type, pricing, price, licenses } = useWatch({ control: editor.form.control, compute: (all) => all })
  const priced = (text: string): boolean => isPrice(toCents(text, currency))
  const hasPrice =
    pricing === "one" ? priced(price) : licenses.length > 0 && licenses.every((tier) => priced(tier.price))
  const isReady = files.some(({ status }) => status === "ready")
  const isComing = sending > 0 || files.some(({ status }) => status === "processing")
  const note = !isReady && isComing ? t`One is on its way: this takes a moment.` : undefined
  return [
    { name: t`A title`, isDone: title.trim() !== "" },
    { name: t`A price, or free`, isDone: hasPrice },
    { name: t`A file that is ready`, isDone: isReady, optional: type === "service", note },
    { name: t`A cover`, isDone: Boolean(product?.cover_url), optional: true },
  ]
}

function CheckList({ id, checks }: { id: string; checks: Check[] }): ReactNode {
  const { t } = useLingui()
  return (
    <ul id={id} className="grid gap-2">
      {checks.map(({ name, isDone, optional, note }) => (
        <li key={name} className="flex items-start gap-2.5">
          <span className={isDone ? "text-accent" : "text-muted"}>
            <Icon name={isDone ? "done" : "circle"} size={22} />
          </span>
          <span className="grid">
            <span>
              {name}
              <span className="sr-only">: {isDone ? t`there` : t`missing`}</span>
              {optional && !isDone ? (
                <span className="text-muted text-sm">
                  {" "}
                  <Trans>(recommended)</Trans>
                </span>
              ) : null}
            </span>
            {note ? <span className="text-muted text-sm">{note}</span> : null}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Published({ product }: { product: PublicProduct }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  return (
    <>
      {product.published_at ? (
        <p className="text-muted text-sm">
          <Trans>Since {absoluteTime(product.published_at)}</Trans>
        </p>
      ) : null}
      <div className="flex items-center gap-1">
        <ProductLink id={product.id} className={buttonClass("primary", "flex-1")}>
          <Trans>View product</Trans>
          <Icon name="arrow" size={18} />
        </ProductLink>
        <CopyButton what={t`Copy link to the product`} value={publicAddress(product.id)} />
      </div>
      <AskFirstButton
        label={t`Archive`}
        look="plain"
        title={t`Take “${product.title}” off sale?`}
        description={t`Nobody finds it any more. Whoever bought it keeps it, and you can publish it again.`}
        keep={t`Keep it on sale`}
        confirm={t`Archive`}
        done={t`It is off sale now.`}
        action={() => archiveProduct(product.id)}
        onSettled={() => refreshProduct(queries, product.id)}
      />
    </>
  )
}

function Publish(props: Props): ReactNode {
  const { editor, product } = props
  const { t } = useLingui()
  const id = useId()
  const queries = useQueryClient()
  const checks = useChecks(props)
  const missing = checks.filter(({ isDone, optional }) => !(isDone || optional)).length
  const publish = useMutation({
    mutationFn: async () => {
      const saved = editor.isDirty || !editor.id ? await editor.save() : editor.id
      return saved ? publishProduct(saved) : null
    },
    onSuccess: (published) => {
      if (!published) return
      keepProduct(queries, published)
      toast(t`It is on sale now.`)
    },
  })
  const failure = publish.error ? asApiError(publish.error) : null
  return (
    <>
      <CheckList id={id} checks={checks} />
      <Button
        writes
        busy={publish.isPending}
        aria-disabled={missing > 0}
        aria-describedby={id}
        onClick={() => publish.mutate()}
      >
        {product?.status === "archived" ? (
          <Trans>Publish again</Trans>
        ) : editor.isDirty ? (
          <Trans>Save and publish</Trans>
        ) : (
          <Trans>Publish</Trans>
        )}
      </Button>
      <p className="text-muted text-sm">
        {missing > 0 ? t`It can be published once the list is complete.` : t`Everybody can find it and buy it then.`}
      </p>
      {failure ? (
        <p role="alert" className="text-danger text-sm">
          {failure.code === "not_ready"
            ? t`The server has no file of it that is ready yet. Wait until one is, then publish again.`
            : failure.message}
        </p>
      ) : null}
    </>
  )
}

export function PublishPanel(props: Props): ReactNode {
  const { t } = useLingui()
  const { product } = props
  return (
    <Section title={t`On sale`}>
      <div>
        <StatusBadge status={product?.status ?? "draft"} />
      </div>
      {product?.status === "published" ? <Published product={product} /> : <Publish {...props} />}
    </Section>
  )
}
