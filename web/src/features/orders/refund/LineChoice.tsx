// One line of an order in the question of what goes back: chosen or not, all of it or an amount.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useId } from "react"
import { type UseFormReturn, useWatch } from "react-hook-form"
import { currencySign, money } from "../../../lib/money"
import { cx } from "../../../ui/classes"
import { TextField } from "../../../ui/Field"
import { centsOf, type RefundDraft, type RefundLine } from "./draft"

interface Props {
  line: RefundLine
  index: number
  form: UseFormReturn<RefundDraft>
  currency: string
  /** Why it cannot go back now. */
  why: string
}

export function LineChoice({ line, index, form, currency, why }: Props): ReactNode {
  const { t } = useLingui()
  const id = useId()
  const isChosen = useWatch({ control: form.control, name: `lines.${index}.isBack` })
  const { item, left_cents, refused, isWhole } = line
  const isBack = isChosen && !refused
  const { title, quantity, unit_price_cents, seller_username } = item
  const left = money(left_cents, currency)
  const each = money(unit_price_cents, currency)
  const sign = currencySign(currency)
  return (
    <div className={cx("grid gap-2 rounded-xl p-3 ring-1 ring-line", isBack && "bg-accent-soft")}>
      <label htmlFor={id} className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3">
        <input
          id={id}
          type="checkbox"
          disabled={refused !== null}
          aria-describedby={`${id}-about`}
          className="mt-0.5 size-5 shrink-0 accent-accent"
          {...form.register(`lines.${index}.isBack`)}
        />
        <span className={cx("wrap-anywhere font-semibold", refused && "text-muted")} dir="auto">
          {title}
        </span>
        <span className="tabular whitespace-nowrap text-end">{refused ? null : left}</span>
      </label>
      <p id={`${id}-about`} className="ps-8 text-muted text-sm">
        <span className="wrap-anywhere">{seller_username}</span>
        {quantity > 1 ? (
          <>
            {" · "}
            <span className="tabular">
              {quantity} × {each}
            </span>
          </>
        ) : null}
        {why ? <span className="block text-warn">{why}</span> : null}
      </p>
      {isBack && !isWhole ? (
        <div className="ps-8">
          <TextField
            label={t`Amount in ${currency} (${sign})`}
            inputMode="decimal"
            autoComplete="off"
            className="tabular max-w-40"
            help={<Trans>Up to {left}.</Trans>}
            error={form.formState.errors.lines?.[index]?.amount?.message}
            {...form.register(`lines.${index}.amount`, {
              validate: (amount) =>
                centsOf(line, { isBack: true, amount }, currency) !== null || t`Type an amount, up to ${left}.`,
            })}
          />
        </div>
      ) : null}
    </div>
  )
}
