// What a product costs: one price, or licences that each have theirs.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { type UseFormReturn, useWatch } from "react-hook-form"
import { currencySign } from "../../../lib/money"
import type { ProductFile } from "../../../lib/types"
import { TextField } from "../../../ui/Field"
import { type Draft, NEW_LICENSE } from "./draft"
import { Licenses } from "./Licenses"
import { Section } from "./Section"
import { usePriceRule } from "./usePriceRule"

interface Props {
  form: UseFormReturn<Draft>
  currency: string
  files: ProductFile[]
}

function Way({ form, way, children }: { form: UseFormReturn<Draft>; way: Draft["pricing"]; children: ReactNode }) {
  return (
    <label className="flex min-h-11 flex-1 basis-56 cursor-pointer items-start gap-3 rounded-xl p-3 ring-1 ring-line has-checked:bg-accent-soft has-checked:ring-2 has-checked:ring-accent">
      <input
        type="radio"
        value={way}
        className="mt-0.5 size-5 shrink-0 accent-accent"
        {...form.register("pricing", {
          onChange: () => {
            // Choosing licences without having one would be a question with an empty answer.
            if (form.getValues("pricing") === "licenses" && form.getValues("licenses").length === 0)
              form.setValue("licenses", [{ ...NEW_LICENSE, price: form.getValues("price") }], { shouldDirty: true })
          },
        })}
      />
      <span className="grid text-sm">{children}</span>
    </label>
  )
}

export function PriceSection({ form, currency, files }: Props): ReactNode {
  const { t } = useLingui()
  const rule = usePriceRule(currency)
  const [pricing, price] = useWatch({ control: form.control, name: ["pricing", "price"] })
  const sign = currencySign(currency)
  return (
    <Section title={t`Price`}>
      <fieldset className="flex flex-wrap gap-3">
        <legend className="sr-only">{t`How it is sold`}</legend>
        <Way form={form} way="one">
          <span className="font-semibold text-base">
            <Trans>One price</Trans>
          </span>
          <span className="text-muted">
            <Trans>Everybody gets all files for it.</Trans>
          </span>
        </Way>
        <Way form={form} way="licenses">
          <span className="font-semibold text-base">
            <Trans>Licences</Trans>
          </span>
          <span className="text-muted">
            <Trans>Several offers, each with its price, terms and files.</Trans>
          </span>
        </Way>
      </fieldset>
      {pricing === "one" ? (
        <div className="max-w-md">
          <TextField
            label={t`Price in ${currency} (${sign})`}
            inputMode="decimal"
            autoComplete="off"
            placeholder="0"
            className="tabular max-w-64"
            help={rule.reading(price)}
            error={form.formState.errors.price?.message}
            {...form.register("price", { validate: rule.validate, shouldUnregister: false })}
          />
        </div>
      ) : (
        <Licenses form={form} currency={currency} files={files} />
      )}
    </Section>
  )
}
