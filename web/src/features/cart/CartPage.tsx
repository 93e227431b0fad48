// The cart: what is in it by seller, what stands in the way of buying it, and what it costs. Kept in this browser; whoever
// wants to pay signs in and comes back to it.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { useConfig } from "../../lib/config"
import { asApiError } from "../../lib/errors"
import { type Leave, leaveFor } from "../../lib/leave"
import { money } from "../../lib/money"
import { useSession } from "../../lib/useSession"
import { Button, buttonClass } from "../../ui/Button"
import { Icon } from "../../ui/icons"
import { Page } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Notice, Skeleton } from "../../ui/states"
import { toast } from "../../ui/toasts"
import { itemsOf, quoteQuery } from "./api"
import { CartLines } from "./CartLines"
import { RowShape } from "./CartRow"
import { Checkout, Total } from "./Checkout"
import { type CartLine, cart, keyOf, type RemovedLine, useCart } from "./cart"
import { usePlaceOrder } from "./usePlaceOrder"

const COLUMNS = "grid items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]"
const CARD = "grid gap-4 rounded-2xl bg-surface p-5 ring-1 ring-line"

interface Removed {
  lines: RemovedLine[]
  title: string
}

/** What was just taken out, to be put back. Focus comes here from the line that is gone. */
function Undo({ removed, onUndo }: { removed: Removed | null; onUndo: () => void }): ReactNode {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (removed) button.current?.focus()
  }, [removed])
  const count = removed?.lines.length ?? 0
  const title = removed?.title ?? ""
  return (
    <div role="status" className="empty:hidden">
      {removed ? (
        <div className="mb-4 flex flex-wrap items-center justify-between gap-2 rounded-lg bg-quiet ps-4 pe-1 py-1 text-sm">
          <span className="wrap-anywhere min-w-0">
            {count === 1 ? (
              <Trans>“{title}” is out of your cart.</Trans>
            ) : (
              <Plural value={count} other="# works are out of your cart." />
            )}
          </span>
          <Button ref={button} look="plain" onClick={onUndo}>
            <Icon name="undo" size={18} />
            <Trans>Undo</Trans>
          </Button>
        </div>
      ) : null}
    </div>
  )
}

function SignInToBuy(): ReactNode {
  return (
    <div className="grid gap-3">
      <p>
        <Trans>Sign in to buy. Your cart stays as it is.</Trans>
      </p>
      <Link to="/login" search={{ next: "/cart" }} className={buttonClass()}>
        <Trans>Sign in to buy</Trans>
      </Link>
      <Link to="/register" search={{ next: "/cart" }} className={buttonClass("quiet")}>
        <Trans>Create an account</Trans>
      </Link>
    </div>
  )
}

function Empty(): ReactNode {
  const { t } = useLingui()
  return (
    <EmptyState
      icon="cart"
      title={t`Your cart is empty`}
      action={
        <Link to="/shop" className={buttonClass()}>
          <Trans>Go to the shop</Trans>
        </Link>
      }
    >
      <Trans>What you put into it stays here, in this browser, until you buy it or take it out.</Trans>
    </EmptyState>
  )
}

function Shape({ lines }: { lines: number }): ReactNode {
  return (
    <Loading className={COLUMNS}>
      <ul className="divide-y divide-line">
        {Array.from({ length: Math.min(lines, 4) }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: shapes have nothing else
          <RowShape key={at} />
        ))}
      </ul>
      <Skeleton className="h-72 rounded-2xl!" />
    </Loading>
  )
}

/** The lines that the server named in a refusal: `items.2` is the third of those that were sent. */
function refusalsOf(order: ReturnType<typeof usePlaceOrder>): ReadonlyMap<string, string> {
  const sent = order.variables?.body.items ?? []
  const found = new Map<string, string>()
  if (!order.error) return found
  for (const { field, message } of asApiError(order.error).fields) {
    const item = sent[Number(/^items\.(\d+)/.exec(field)?.[1])]
    if (item) found.set(keyOf(item), message)
  }
  return found
}

function Full({ lines, leave }: { lines: readonly CartLine[]; leave: Leave }): ReactNode {
  const { t } = useLingui()
  const { user, status } = useSession()
  const mode = useConfig()?.paymentsMode
  const me = status === "in" || status === "expired" ? user?.id : undefined
  const quote = useQuery({ ...quoteQuery(me, lines), enabled: status !== "starting" && lines.length > 0 })
  const [removed, setRemoved] = useState<Removed | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const order = usePlaceOrder({
    leave,
    onDearer: ({ total_cents, currency }) =>
      toast(
        t`The price changed while you were here: it is ${money(total_cents, currency)} now. Pay it, or cancel.`,
        "error",
      ),
  })
  const remove = (gone: readonly CartLine[]): void => {
    const title = quote.data?.items.find((item) => gone[0] && keyOf(item) === keyOf(gone[0]))?.title
    setRemoved({ lines: cart.remove(gone), title: title ?? t`a work that is gone` })
  }
  const undo = (): void => {
    cart.putBack(removed?.lines ?? [])
    setRemoved(null)
  }
  if (order.isSuccess) {
    return (
      <p role="status" className="flex items-center gap-3 py-12 text-lg">
        <Icon name="clock" />
        {order.data.payment?.checkout_url ? (
          <Trans>Your order is placed. The payment page opens…</Trans>
        ) : (
          <Trans>Your order is placed.</Trans>
        )}
      </p>
    )
  }
  const undoBar = <Undo removed={removed} onUndo={undo} />
  if (lines.length === 0) {
    return (
      <>
        {undoBar}
        <Empty />
      </>
    )
  }
  const isFresh = !(quote.isPlaceholderData || quote.isPending)
  return (
    <>
      {undoBar}
      {quote.data ? (
        <div className={COLUMNS}>
          <div ref={list} tabIndex={-1} className="min-w-0 outline-none">
            <CartLines
              lines={lines}
              quote={quote.data}
              refusals={refusalsOf(order)}
              onRemove={remove}
              onMend={(line, change) => {
                cart.change(line, change)
                list.current?.focus()
              }}
            />
          </div>
          <section aria-label={t`Checkout`} className={`${CARD} lg:sticky lg:top-20`}>
            <Total quote={quote.data} isFresh={isFresh} />
            {!me ? (
              <SignInToBuy />
            ) : mode === "disabled" && quote.data.total_cents > 0 ? (
              <Notice tone="warn">
                <Trans>This server takes no payments yet. Your cart stays as it is.</Trans>
              </Notice>
            ) : (
              <Checkout
                key={me}
                me={me}
                lines={lines}
                quote={quote.data}
                isFresh={isFresh}
                order={order}
                onProblem={() => list.current?.querySelector<HTMLElement>("[data-problem]")?.focus()}
              />
            )}
          </section>
        </div>
      ) : quote.isError ? (
        <ErrorState error={quote.error} title={t`Your cart could not be read`} onRetry={() => void quote.refetch()} />
      ) : (
        <Shape lines={itemsOf(lines).length} />
      )}
    </>
  )
}

export function CartPage({ leave = leaveFor }: { leave?: Leave }): ReactNode {
  const { t } = useLingui()
  const lines = useCart()
  return (
    <Page title={t`Cart`}>
      <Full lines={lines} leave={leave} />
    </Page>
  )
}
