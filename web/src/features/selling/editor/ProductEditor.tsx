// The page on which a product is made and changed: details, price, cover, files, and whether it is on sale.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { useWatch } from "react-hook-form"
import { type Config, useLimits } from "../../../lib/config"
import { asApiError } from "../../../lib/errors"
import type { ProductFile, PublicProduct } from "../../../lib/types"
import { useSession } from "../../../lib/useSession"
import { buttonClass } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import { LeaveGuard } from "../../../ui/LeaveGuard"
import { Page } from "../../../ui/Page"
import { SaveBar } from "../../../ui/SaveBar"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../../ui/states"
import { productQuery } from "../api"
import { isUnderWay, uploads as sharedQueue, type UploadQueue } from "../uploads"
import { CoverSection } from "./CoverSection"
import { DetailsSection } from "./DetailsSection"
import { FilesSection, useFiles } from "./FilesSection"
import { PriceSection } from "./PriceSection"
import { PublishPanel } from "./PublishPanel"
import { useEditor } from "./useEditor"
import { useUploads } from "./useUploads"

interface Props {
  /** Null for a new one. */
  productId: string | null
  onCreated: (id: string) => void
  queue?: UploadQueue
}

const NO_FILES: ProductFile[] = []

function BackToList(): ReactNode {
  return (
    <Link
      to="/sell/products"
      className="inline-flex min-h-11 items-center gap-2 font-semibold text-accent underline underline-offset-4"
    >
      <Trans>My products</Trans>
    </Link>
  )
}

function TakenDown({ reason }: { reason: string | null }): ReactNode {
  return (
    <div role="note" className="mb-6 flex gap-3 rounded-2xl bg-danger-soft p-4 sm:p-6">
      <span className="text-danger">
        <Icon name="warning" />
      </span>
      <div className="grid gap-1">
        <p className="font-semibold">
          <Trans>The staff took this product down. It cannot be changed or sold.</Trans>
        </p>
        {reason ? (
          <p className="wrap-anywhere whitespace-pre-line">
            <Trans>Their reason: {reason}</Trans>
          </p>
        ) : null}
        <p className="text-sm">
          <Trans>Whoever bought it keeps it. Ask the people who run this server if you think it is a mistake.</Trans>
        </p>
      </div>
    </div>
  )
}

function Editor({
  product,
  limits,
  queue,
  onCreated,
}: {
  product: PublicProduct | null
  limits: Config
  queue: UploadQueue
  onCreated: (id: string) => void
}): ReactNode {
  const { t } = useLingui()
  const currency = product?.currency ?? limits.currency
  const editor = useEditor({ product, currency, onCreated })
  const uploads = useUploads(queue, editor.id)
  const files = useFiles(editor.id).data ?? NO_FILES
  const type = useWatch({ control: editor.form.control, name: "type" })
  const readOnly = product?.status === "taken_down"
  const sending = uploads.filter(({ state }) => isUnderWay(state)).length
  return (
    <Page title={product ? product.title : t`New product`} actions={<BackToList />}>
      {readOnly && product ? <TakenDown reason={product.takedown_reason} /> : null}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void editor.save()
        }}
      >
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
          <div className="contents content-start gap-6 lg:grid">
            <fieldset disabled={readOnly} className="grid min-w-0 gap-6">
              <DetailsSection form={editor.form} typeIsFixed={Boolean(product?.published_at)} />
              <PriceSection form={editor.form} currency={currency} files={files} />
            </fieldset>
            <CoverSection editor={editor} product={product} most_bytes={limits.imageBytesMax} readOnly={readOnly} />
            <FilesSection
              editor={editor}
              type={type}
              queue={queue}
              uploads={uploads}
              most_bytes={limits.uploadBytesMax}
              readOnly={readOnly}
            />
          </div>
          {readOnly ? null : (
            <div className="min-w-0 lg:sticky lg:top-20">
              <PublishPanel editor={editor} product={product} currency={currency} files={files} sending={sending} />
            </div>
          )}
        </div>
        {readOnly ? null : (
          <SaveBar
            isDirty={editor.isDirty}
            isSaving={editor.isSaving}
            error={editor.error}
            isNew={editor.id === null}
            {...(editor.id === null ? { saveLabel: t`Save draft` } : {})}
            onSave={() => void editor.save()}
            onDiscard={editor.discard}
          />
        )}
        {/* Enter in a field saves. */}
        <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
      </form>
      <LeaveGuard
        isDirty={editor.isDirty}
        isSame={(path) => editor.created.current !== null && path.endsWith(editor.created.current)}
      />
    </Page>
  )
}

function Waiting(): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={t`Product`} actions={<BackToList />}>
      <Loading className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid gap-6">
          <Skeleton className="h-96 rounded-2xl" />
          <Skeleton className="h-48 rounded-2xl" />
        </div>
        <Skeleton className="h-80 rounded-2xl" />
      </Loading>
    </Page>
  )
}

function NotMine({ isThere }: { isThere: boolean }): ReactNode {
  const { t } = useLingui()
  return (
    <Page title={t`Product`}>
      <EmptyState
        icon="tag"
        title={isThere ? t`This product is somebody else’s` : t`There is no such product`}
        action={
          <Link to="/sell/products" className={buttonClass()}>
            <Trans>My products</Trans>
          </Link>
        }
      >
        {isThere ? t`Only its seller can change it.` : t`It may have been removed, or its address is not complete.`}
      </EmptyState>
    </Page>
  )
}

export function ProductEditor({ productId, onCreated, queue = sharedQueue }: Props): ReactNode {
  const { t } = useLingui()
  const { user } = useSession()
  const limits = useLimits()
  const product = useQuery({ ...productQuery(productId ?? ""), enabled: productId !== null })
  if (product.isError && !product.data) {
    const { status } = asApiError(product.error)
    if (status === 404 || status === 403) return <NotMine isThere={status === 403} />
    return (
      <Page title={t`Product`} actions={<BackToList />}>
        <ErrorState
          error={product.error}
          title={t`This product could not be read`}
          onRetry={() => void product.refetch()}
        />
      </Page>
    )
  }
  if (!limits || (productId !== null && !product.data)) return <Waiting />
  if (product.data && user && product.data.seller.id !== user.id) return <NotMine isThere />
  return <Editor product={product.data ?? null} limits={limits} queue={queue} onCreated={onCreated} />
}
