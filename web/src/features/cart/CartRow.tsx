// One line of the cart: what it is and costs, how many of a service, and out of the cart with it. What stands in its way is
// said under it, with the one click that mends it.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { money } from "../../lib/money"
import type { QuoteItem } from "../../lib/types"
import { Button, buttonClass, IconButton } from "../../ui/Button"
import { Cover } from "../../ui/Cover"
import { Icon } from "../../ui/icons"
import { Skeleton } from "../../ui/states"
import { licensesQuery } from "./api"
import type { CartLine } from "./cart"
import { useProblemWords } from "./problems"
import { Quantity } from "./Quantity"

interface Props {
  line: CartLine
  /** What the server says of it; nothing before it has answered. */
  item: QuoteItem | undefined
  currency: string
  /** What the server refused in the last try to order. */
  refusal: string | undefined
  onRemove: () => void
  /** Focus goes back to the list: the button that was pressed is gone with the problem. */
  onMend: (change: Partial<Pick<CartLine, "quantity" | "license_id">>) => void
}

function LicenseToChoose({ line, currency, onMend }: Pick<Props, "line" | "currency" | "onMend">): ReactNode {
  const { t } = useLingui()
  const licenses = useQuery(licensesQuery(line.product_id))
  if (licenses.isError) return <ProductLink id={line.product_id}>{t`Choose on its page`}</ProductLink>
  return (licenses.data ?? []).map(({ id, name, price_cents }) => (
    <Button key={id} look="quiet" onClick={() => onMend({ license_id: id })}>
      <span className="wrap-anywhere" dir="auto">
        {name}
      </span>
      <span className="tabular whitespace-nowrap">{money(price_cents, currency)}</span>
    </Button>
  ))
}

const ProductLink = ({ id, children }: { id: string; children: ReactNode }): ReactNode => (
  <Link to="/products/$productId" params={{ productId: id }} className={buttonClass("quiet")}>
    {children}
  </Link>
)

function Mend({
  line,
  code,
  currency,
  onRemove,
  onMend,
}: Omit<Props, "item" | "refusal"> & { code: string }): ReactNode {
  if (code === "license_required") return <LicenseToChoose line={line} currency={currency} onMend={onMend} />
  if (code === "quantity") {
    return (
      <Button look="quiet" onClick={() => onMend({ quantity: 1 })}>
        <Trans>Make it one</Trans>
      </Button>
    )
  }
  return (
    <>
      <Button look="quiet" onClick={onRemove}>
        <Trans>Take it out</Trans>
      </Button>
      {code === "already_owned" ? (
        <Link to="/library" className={buttonClass("plain")}>
          <Trans>Go to the library</Trans>
        </Link>
      ) : null}
    </>
  )
}

function Trouble(props: Props): ReactNode {
  const words = useProblemWords()
  const { item, refusal, ...rest } = props
  const problem = item?.problem
  if (!problem && !refusal) return null
  return (
    <div
      data-problem={problem?.code ?? "refused"}
      tabIndex={-1}
      className="col-span-full grid gap-2 rounded-lg bg-warn-soft px-4 py-3"
    >
      <p className="flex items-start gap-2 font-medium text-sm text-warn">
        <Icon name="warning" size={18} />
        {problem ? words(problem) : refusal}
      </p>
      <div className="flex flex-wrap gap-2">
        <Mend {...rest} code={problem?.code ?? "refused"} />
      </div>
    </div>
  )
}

function What({ item, line }: { item: QuoteItem; line: CartLine }): ReactNode {
  const { t } = useLingui()
  return (
    <div className="grid min-w-0 content-start gap-0.5">
      <h3 className="wrap-anywhere font-semibold leading-snug" dir="auto">
        {item.title === null ? (
          t`A work that is gone`
        ) : (
          <Link to="/products/$productId" params={{ productId: line.product_id }} className="hover:underline">
            {item.title}
          </Link>
        )}
      </h3>
      {item.license_name ? (
        <p className="wrap-anywhere text-muted text-sm" dir="auto">
          {item.license_name}
        </p>
      ) : null}
    </div>
  )
}

function Amount({ item, currency }: { item: QuoteItem; currency: string }): ReactNode {
  const { total_cents: total } = item
  if (total === null || item.problem) return null
  return <p className="tabular font-semibold">{total === 0 ? <Trans>Free</Trans> : money(total, currency)}</p>
}

function HowMany({
  line,
  item,
  title,
  currency,
}: Pick<Props, "line" | "currency"> & { item: QuoteItem; title: string }) {
  if (!line.is_service && line.quantity === 1) return null
  const { unit_price_cents: unit } = item
  const each = unit === null ? "" : money(unit, currency)
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 max-sm:col-span-full sm:col-start-2">
      <Quantity line={line} title={title} />
      {each && line.quantity > 1 ? (
        <span className="tabular text-muted text-sm">
          <Trans>{each} each</Trans>
        </span>
      ) : null}
    </div>
  )
}

export function CartRow(props: Props): ReactNode {
  const { t } = useLingui()
  const { line, item, currency, onRemove } = props
  if (!item) return <RowShape />
  const title = item.title ?? t`a work that is gone`
  return (
    <li className="grid grid-cols-[4rem_minmax(0,1fr)_auto] items-start gap-x-4 gap-y-3 py-4">
      <div className="size-16 overflow-hidden rounded-lg bg-quiet">
        <Cover id={line.product_id} src={item.cover_url} />
      </div>
      <What item={item} line={line} />
      <div className="flex items-start gap-1">
        <Amount item={item} currency={currency} />
        <IconButton
          label={t`Remove ${title}`}
          onClick={onRemove}
          className="-me-2 -mt-2.5 text-muted hover:bg-quiet hover:text-text"
        >
          <Icon name="close" size={18} />
        </IconButton>
      </div>
      <HowMany line={line} item={item} title={title} currency={currency} />
      <Trouble {...props} />
    </li>
  )
}

export function RowShape(): ReactNode {
  return (
    <li className="flex items-center gap-4 py-4">
      <Skeleton className="size-16" />
      <div className="grid flex-1 gap-2">
        <Skeleton className="h-5 w-2/5" />
        <Skeleton className="h-4 w-1/4" />
      </div>
      <Skeleton className="h-5 w-16" />
    </li>
  )
}
