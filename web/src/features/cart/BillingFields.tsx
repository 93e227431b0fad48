// Whom the invoice names. Nobody has to say: it is folded away until somebody wants to, or the server refused some of it.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useMemo, useState } from "react"
import type { Billing } from "../../lib/types"
import { SelectField, TextArea, TextField } from "../../ui/Field"
import { Icon } from "../../ui/icons"
import { countries } from "./countries"

export const NO_BILLING: Billing = { name: "", address: "", country: "", vat_id: "" }

const NAME_MOST = 200
const ADDRESS_MOST = 500
const VAT_ID_MOST = 32

interface Props {
  billing: Billing
  onBilling: (billing: Billing) => void
  /** By the names of the fields. */
  errors: Partial<Record<keyof Billing, string>>
}

export function BillingFields({ billing, onBilling, errors }: Props): ReactNode {
  const { t, i18n } = useLingui()
  const [isOpen, setOpen] = useState(Object.values(billing).some(Boolean))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names are the language's
  const list = useMemo(countries, [i18n.locale])
  const change = (part: Partial<Billing>): void => onBilling({ ...billing, ...part })
  return (
    <details
      className="group"
      open={isOpen || Object.keys(errors).length > 0}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="flex min-h-11 items-center justify-between gap-2 font-semibold text-sm">
        <span>
          <Trans>Billing details</Trans> <span className="font-normal text-muted">({t`optional`})</span>
        </span>
        <span className="text-muted transition-transform duration-150 group-open:rotate-180">
          <Icon name="chevron" size={18} />
        </span>
      </summary>
      <div className="grid gap-4 pt-2 pb-1">
        <TextField
          label={t`Name`}
          autoComplete="billing name"
          maxLength={NAME_MOST}
          value={billing.name}
          error={errors.name}
          onChange={({ target }) => change({ name: target.value })}
        />
        <TextArea
          label={t`Address`}
          autoComplete="billing street-address"
          maxLength={ADDRESS_MOST}
          value={billing.address}
          error={errors.address}
          onChange={({ target }) => change({ address: target.value })}
        />
        <SelectField
          label={t`Country`}
          autoComplete="billing country"
          value={billing.country}
          error={errors.country}
          onChange={({ target }) => change({ country: target.value })}
        >
          <option value="">{t`Not said`}</option>
          {list.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t`VAT id`}
          help={t`Of a business, for its invoice.`}
          maxLength={VAT_ID_MOST}
          autoCapitalize="characters"
          spellCheck={false}
          value={billing.vat_id}
          error={errors.vat_id}
          onChange={({ target }) => change({ vat_id: target.value })}
        />
      </div>
    </details>
  )
}
