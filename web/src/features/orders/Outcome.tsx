// How the order stands, large and in words, with what can be done about it now. Says "paid" when the server does.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import { absoluteTime } from "../../lib/format"
import type { Leave } from "../../lib/leave"
import { money } from "../../lib/money"
import type { Order } from "../../lib/types"
import { AskFirstButton } from "../../ui/AskFirstButton"
import { Button, buttonClass } from "../../ui/Button"
import { cx } from "../../ui/classes"
import { Icon, type IconName } from "../../ui/icons"
import { cancelOrder, keepOrder, orderQuery, payOrder } from "./api"
import { isDelivered, isPayable } from "./status"

interface Props {
  order: Order
  /** Somebody just came back from the provider's page. */
  isReturn: boolean
  /** They wait for longer than it usually takes. */
  isLate: boolean
  leave: Leave
  /** Puts the same works into the cart again; another feature's. */
  again: ReactNode
}

interface Said {
  icon: IconName
  tone: string
  title: ReactNode
  text?: ReactNode
}

function Pay({ order, leave, look }: Pick<Props, "order" | "leave"> & { look: "primary" | "quiet" }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const amount = money(order.total_cents, order.currency)
  const pay = useMutation({
    mutationFn: () => payOrder(order.id),
    onSuccess: (paid) => {
      keepOrder(queries, paid, paid.buyer_id)
      const url = paid.payment?.checkout_url
      if (url) leave(url)
    },
    // Somebody else may have been faster, the provider's word above all: what is true is asked for.
    onError: () => void queries.invalidateQueries({ queryKey: orderQuery(order.id, order.buyer_id).queryKey }),
  })
  const failure = pay.error ? asApiError(pay.error) : null
  const isStuck = pay.isSuccess && isPayable(pay.data.status) && !pay.data.payment?.checkout_url
  return (
    <>
      <Button writes look={look} busy={pay.isPending} onClick={() => pay.mutate()} className="tabular" data-pay="">
        {pay.isPending ? (
          <Trans>Opening the payment page…</Trans>
        ) : order.status === "failed" ? (
          <Trans>Pay {amount} again</Trans>
        ) : (
          <Trans>Pay {amount}</Trans>
        )}
      </Button>
      {failure || isStuck ? (
        <p role="alert" className="order-last basis-full text-danger text-sm">
          {failure?.status === 0
            ? t`The server could not be reached. Check your connection.`
            : failure
              ? failure.message
              : t`The payment provider does not answer. Try again in a moment.`}
        </p>
      ) : null}
    </>
  )
}

function Cancel({ order }: { order: Order }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  return (
    <AskFirstButton
      look="plain"
      className="first:-ms-4"
      label={t`Cancel the order`}
      title={t`Cancel this order?`}
      description={t`Nothing is kept for you any more. A payment that is on its way all the same goes back to you.`}
      keep={t`Keep it`}
      confirm={t`Cancel the order`}
      done={t`The order is cancelled.`}
      action={async () => keepOrder(queries, await cancelOrder(order.id), order.buyer_id)}
      onSettled={() => queries.invalidateQueries({ queryKey: orderQuery(order.id, order.buyer_id).queryKey })}
    />
  )
}

const GOOD = "text-accent"
const WAIT = "text-warn"
const BAD = "text-danger"
const QUIET = "text-muted"

function useWaiting({ order, isReturn, isLate }: Props): Said {
  const until = order.expires_at ? absoluteTime(order.expires_at) : ""
  if (!isReturn) {
    return {
      icon: "clock",
      tone: WAIT,
      title: <Trans>Not paid yet</Trans>,
      text: until ? <Trans>It can be paid until {until}.</Trans> : undefined,
    }
  }
  return {
    icon: "clock",
    tone: WAIT,
    title: <Trans>Waiting for the provider’s word</Trans>,
    text: isLate ? (
      <Trans>
        This takes longer than usual. You may leave this page: as soon as the provider says that it is paid, it is in
        your library. If you did not finish paying, you can go back to it.
      </Trans>
    ) : (
      <Trans>You came back from the payment page. Usually it takes a few seconds.</Trans>
    ),
  }
}

function useSaid(props: Props): Said {
  const { order } = props
  const waiting = useWaiting(props)
  const hasFiles = order.items.some(({ type }) => type !== "service")
  const refunded = money(order.refunded_cents, order.currency)
  const words: Record<string, Said> = {
    pending: waiting,
    completed: {
      icon: "done",
      tone: GOOD,
      title: order.total_cents === 0 ? <Trans>It is yours</Trans> : <Trans>Paid. Thank you</Trans>,
      text: hasFiles ? (
        <Trans>It is in your library, to download whenever you want.</Trans>
      ) : (
        <Trans>The seller knows of your order.</Trans>
      ),
    },
    failed: {
      icon: "warning",
      tone: BAD,
      title: <Trans>The payment failed</Trans>,
      text: <Trans>The provider did not take it. Try again, or with another card.</Trans>,
    },
    cancelled: {
      icon: "close",
      tone: QUIET,
      title: <Trans>This order is cancelled</Trans>,
      text: <Trans>A payment that arrives for it all the same goes back.</Trans>,
    },
    expired: {
      icon: "clock",
      tone: QUIET,
      title: <Trans>The time to pay ran out</Trans>,
      text: <Trans>What was in it can be ordered again.</Trans>,
    },
    refund_pending: {
      icon: "undo",
      tone: WAIT,
      title: <Trans>A refund is on its way</Trans>,
      text: <Trans>It is through as soon as the payment provider says so. You may leave this page.</Trans>,
    },
    partially_refunded: { icon: "undo", tone: QUIET, title: <Trans>{refunded} of it went back</Trans> },
    refunded: { icon: "undo", tone: QUIET, title: <Trans>All of it went back</Trans> },
    disputed: {
      icon: "warning",
      tone: BAD,
      title: <Trans>The payment is disputed</Trans>,
      text: (
        <Trans>
          Your bank looks into it, and decides where the money goes. Until then nothing of this order can be given back
          or downloaded.
        </Trans>
      ),
    },
  }
  return words[order.status] ?? { icon: "circle", tone: QUIET, title: order.status.replaceAll("_", " ") }
}

function Actions(props: Props): ReactNode {
  const { order, isReturn, isLate, leave, again } = props
  const { status } = order
  if (isPayable(status)) {
    const isWaiting = status === "pending" && isReturn
    return (
      <>
        {isWaiting && !isLate ? null : <Pay order={order} leave={leave} look={isWaiting ? "quiet" : "primary"} />}
        <Cancel order={order} />
      </>
    )
  }
  if (isDelivered(status) && order.items.some(({ type }) => type !== "service")) {
    return (
      <Link to="/library" className={buttonClass()}>
        <Icon name="library" size={18} />
        <Trans>Go to your library</Trans>
      </Link>
    )
  }
  return status === "cancelled" || status === "expired" ? again : null
}

export function Outcome(props: Props): ReactNode {
  const { icon, tone, title, text } = useSaid(props)
  return (
    <section className="grid gap-4 rounded-2xl bg-surface p-5 ring-1 ring-line sm:p-6">
      <div role="status" className="grid gap-1">
        <p className="flex items-start gap-3 font-bold text-xl tracking-tight">
          <span className={cx("shrink-0", tone)}>
            <Icon name={icon} size={28} />
          </span>
          {title}
        </p>
        {text ? <p className="max-w-prose ps-10 text-muted">{text}</p> : null}
      </div>
      <div className="flex flex-wrap gap-2 ps-10 empty:hidden max-sm:ps-0">
        <Actions {...props} />
      </div>
    </section>
  )
}
