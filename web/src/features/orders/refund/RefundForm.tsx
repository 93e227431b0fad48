// What goes back, and why. The button says the exact sum, and is the only thing here that asks for it.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useEffect } from "react"
import { type UseFormReturn, useForm, useWatch } from "react-hook-form"
import { ApiError, asApiError } from "../../../lib/errors"
import { amountText, money } from "../../../lib/money"
import type { NewRefund } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { SelectField, TextArea, TextField } from "../../../ui/Field"
import { FormError } from "../../../ui/FormError"
import { toast } from "../../../ui/toasts"
import { askRefund, refundableKey } from "./api"
import { partsOf, type RefundDraft, type RefundLine, type RefundOrder, type Side, sumOf } from "./draft"
import { LineChoice } from "./LineChoice"
import { useRefusalWords } from "./words"

const REASON_MAX = 200
const DETAILS_MAX = 2000
const OTHER = "other"
/** The first asking of a wish may still run when it is asked again. */
const BUSY_TRIES = 20
const BUSY_MS = 1000

interface Props {
  order: RefundOrder
  side: Side
  lines: RefundLine[]
  onClose: () => void
  onAsked: () => void
  onBusy: (isBusy: boolean) => void
}

function useReasons(side: Side): string[] {
  const { t } = useLingui()
  const both = [t`Not as described`, t`The files do not work`, t`Bought by mistake`, t`Bought twice`]
  return side === "buyer" ? both : [...both, t`It could not be delivered`, t`Goodwill`]
}

function useAsk(orderId: string, onBusy: Props["onBusy"]) {
  return useMutation({
    mutationFn: (body: NewRefund) => askRefund(orderId, body),
    retry: (tries, cause) =>
      tries < BUSY_TRIES && cause instanceof ApiError && cause.code === "idempotency_in_progress",
    retryDelay: BUSY_MS,
    onMutate: () => onBusy(true),
    onSettled: () => onBusy(false),
  })
}

type Parts = NonNullable<NewRefund["items"]>

/** Puts the server's "no" beside the line that it is about, or above them all. */
function useRefuse(
  form: UseFormReturn<RefundDraft>,
  orderId: string,
  lines: readonly RefundLine[],
  wordsOf: (failure: ApiError) => string,
) {
  const queries = useQueryClient()
  return (failure: ApiError, asked: Parts): void => {
    // What can go back is no longer what it was: the lines say what is left by now.
    if (failure.status === 409) void queries.invalidateQueries({ queryKey: refundableKey(orderId) })
    const place = failure.fields.map(({ field }) => /^items\.(\d+)\./.exec(field)?.[1]).find(Boolean)
    const at = place === undefined ? -1 : lines.findIndex(({ item }) => item.id === asked[Number(place)]?.item_id)
    const message = failure.fields[0]?.message ?? failure.message
    // A line that goes back whole has no field to say it beside.
    if (at >= 0 && !lines[at]?.isWhole) form.setError(`lines.${at}.amount`, { message }, { shouldFocus: true })
    else form.setError("root", { message: wordsOf(failure) })
  }
}

function What({ side, buyer }: { side: Side; buyer: string }): ReactNode {
  return (
    <p className="text-muted text-sm">
      {side === "buyer" ? (
        <Trans>
          It goes back the way you paid, as soon as the payment provider says so; your bank may take some days more.
          What goes back whole leaves your library.
        </Trans>
      ) : side === "seller" ? (
        <Trans>
          It goes back to {buyer}. Your share of it is taken back, and the fee of it is given up. What goes back whole
          leaves their library.
        </Trans>
      ) : (
        <Trans>
          It goes back to {buyer}. The sellers’ shares of it are taken back, and the fee of it is given up. What goes
          back whole leaves their library.
        </Trans>
      )}
    </p>
  )
}

export function RefundForm({ order, side, lines, onClose, onAsked, onBusy }: Props): ReactNode {
  const { t } = useLingui()
  const { currency, buyer_username: buyer } = order
  const reasons = useReasons(side)
  const wordsOf = useRefusalWords(side)
  const ask = useAsk(order.id, onBusy)
  const isOnly = lines.filter(({ refused }) => !refused).length === 1
  const form = useForm<RefundDraft>({
    defaultValues: {
      lines: lines.map(({ left_cents, refused }) => ({
        isBack: isOnly && !refused,
        amount: amountText(left_cents, currency),
      })),
      reason: "",
      words: "",
      details: "",
    },
  })
  const refuse = useRefuse(form, order.id, lines, wordsOf)
  const { errors } = form.formState
  const [drafts, reason] = useWatch({ control: form.control, name: ["lines", "reason"] })
  const sum = sumOf(lines, drafts, currency)
  const amount = sum ? money(sum, currency) : ""
  const isChosen = drafts.some(({ isBack }) => isBack)
  // Chosen at last: that nothing was is no longer wrong.
  useEffect(() => {
    if (isChosen) form.clearErrors("root")
  }, [isChosen, form])
  const submit = form.handleSubmit(async (draft) => {
    const items = partsOf(lines, draft.lines, currency)
    if (items.length === 0) {
      form.setError("root", { message: t`Choose what goes back.` })
      return
    }
    const body = {
      items,
      reason: draft.reason === OTHER ? draft.words.trim() : draft.reason,
      details: draft.details.trim(),
    }
    try {
      const refund = await ask.mutateAsync(body)
      const asked = money(refund.amount_cents, refund.currency)
      toast(side === "buyer" ? t`You asked for ${asked} back.` : t`${asked} are on their way back.`)
      onAsked()
      onClose()
    } catch (cause) {
      refuse(asApiError(cause), items)
    }
  })
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <FormError message={errors.root?.message} />
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 font-semibold text-sm">
          <Trans>What goes back</Trans>
        </legend>
        {lines.map((line, index) => (
          <LineChoice
            key={line.item.id}
            line={line}
            index={index}
            form={form}
            currency={currency}
            why={line.refused ? wordsOf(line.refused) : ""}
          />
        ))}
      </fieldset>
      <SelectField
        label={t`Why`}
        error={errors.reason?.message}
        {...form.register("reason", { validate: (chosen) => chosen !== "" || t`Say why.` })}
      >
        <option value="">{t`Choose a reason`}</option>
        {reasons.map((name) => (
          <option key={name}>{name}</option>
        ))}
        <option value={OTHER}>{t`Another reason`}</option>
      </SelectField>
      {reason === OTHER ? (
        <TextField
          label={t`Which reason`}
          maxLength={REASON_MAX}
          autoComplete="off"
          error={errors.words?.message}
          {...form.register("words", {
            shouldUnregister: true,
            validate: (typed) => typed.trim() !== "" || t`Say why.`,
          })}
        />
      ) : null}
      <TextArea
        label={t`More about it, if you like`}
        rows={2}
        maxLength={DETAILS_MAX}
        help={
          side === "buyer"
            ? t`For the staff of this site. Sellers see the reason alone.`
            : t`${buyer} and the staff of this site can read it.`
        }
        {...form.register("details")}
      />
      <What side={side} buyer={buyer} />
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 border-line border-t pt-4 font-semibold">
        <Trans>Goes back</Trans>
        <output className="tabular font-bold text-2xl tracking-tight" data-refund-sum={sum ?? ""}>
          {sum === null ? "–" : money(sum, currency)}
        </output>
      </p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="quiet" aria-disabled={ask.isPending} onClick={onClose}>
          <Trans>Not now</Trans>
        </Button>
        <Button type="submit" writes busy={ask.isPending} className="tabular">
          {side === "buyer"
            ? amount
              ? t`Ask for ${amount} back`
              : t`Ask for a refund`
            : amount
              ? t`Give ${amount} back`
              : t`Give money back`}
        </Button>
      </div>
    </form>
  )
}
