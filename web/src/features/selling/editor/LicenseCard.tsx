// One licence in the editor: what it is called, costs, allows, and which files it gives.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { type UseFormReturn, useWatch } from "react-hook-form"
import { fold } from "../../../lib/fold"
import { currencySign } from "../../../lib/money"
import type { ProductFile } from "../../../lib/types"
import { IconButton } from "../../../ui/Button"
import { CheckField, TextArea, TextField } from "../../../ui/Field"
import { Icon } from "../../../ui/icons"
import { type Draft, LICENSE_NAME_MOST, TERMS_MOST } from "./draft"
import { usePriceRule } from "./usePriceRule"

interface Props {
  form: UseFormReturn<Draft>
  currency: string
  files: ProductFile[]
  index: number
  count: number
  onMove: (step: -1 | 1) => void
  onRemove: () => void
}

function Files({ form, files, index }: Pick<Props, "form" | "files" | "index">): ReactNode {
  const { t } = useLingui()
  const name = `licenses.${index}.fileIds` as const
  const chosen = useWatch({ control: form.control, name })
  const error = form.formState.errors.licenses?.[index]?.fileIds?.message
  const set = (id: string, isIn: boolean): void => {
    const next = isIn ? [...chosen, id] : chosen.filter((other) => other !== id)
    form.setValue(name, next, { shouldDirty: true })
  }
  if (files.length === 0) return null
  return (
    <fieldset className="grid gap-1">
      <legend className="font-semibold text-sm">
        <Trans>Files it gives</Trans>
      </legend>
      <p className="text-muted text-sm">
        {chosen.length === 0 ? t`All of them, as long as none is chosen.` : t`Only those that are chosen.`}
      </p>
      <div className="grid gap-x-4 sm:grid-cols-2">
        {files.map((file) => (
          <label key={file.id} className="flex min-h-11 min-w-0 items-center gap-3 text-sm">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-accent"
              checked={chosen.includes(file.id)}
              onChange={({ target }) => set(file.id, target.checked)}
            />
            <span className="truncate" dir="auto">
              {file.title}
            </span>
          </label>
        ))}
      </div>
      {error ? <p className="font-medium text-danger text-sm">{error}</p> : null}
    </fieldset>
  )
}

export function LicenseCard({ form, currency, files, index, count, onMove, onRemove }: Props): ReactNode {
  const { t } = useLingui()
  const rule = usePriceRule(currency)
  const sign = currencySign(currency)
  const name = useWatch({ control: form.control, name: `licenses.${index}.name` })
  const price = useWatch({ control: form.control, name: `licenses.${index}.price` })
  const errors = form.formState.errors.licenses?.[index]
  const called = name.trim() || t`licence ${index + 1}`
  const isOnlyOne = (text: string): boolean =>
    form.getValues("licenses").filter((other) => fold(other.name) === fold(text)).length < 2
  return (
    <li className="grid gap-4 rounded-xl p-4 ring-1 ring-line">
      <div className="flex items-center gap-1">
        <h3 className="wrap-anywhere min-w-0 flex-1 font-semibold" dir="auto">
          {name.trim() || t`New licence`}
        </h3>
        <IconButton label={t`Move ${called} up`} aria-disabled={index === 0} onClick={() => index > 0 && onMove(-1)}>
          <Icon name="up" size={18} />
        </IconButton>
        <IconButton
          label={t`Move ${called} down`}
          aria-disabled={index === count - 1}
          onClick={() => index < count - 1 && onMove(1)}
        >
          <Icon name="down" size={18} />
        </IconButton>
        <IconButton label={t`Remove ${called}`} onClick={onRemove}>
          <Icon name="bin" size={18} />
        </IconButton>
      </div>
      <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <TextField
          label={t`Name`}
          maxLength={LICENSE_NAME_MOST}
          autoComplete="off"
          placeholder={t`MP3 lease`}
          error={errors?.name?.message}
          {...form.register(`licenses.${index}.name`, {
            validate: {
              there: (text) => text.trim() !== "" || t`Give the licence a name.`,
              different: (text) => isOnlyOne(text) || t`Another licence has this name.`,
            },
          })}
        />
        <TextField
          label={t`Price in ${currency} (${sign})`}
          inputMode="decimal"
          autoComplete="off"
          placeholder="0"
          className="tabular"
          help={rule.reading(price)}
          error={errors?.price?.message}
          {...form.register(`licenses.${index}.price`, { validate: rule.validate })}
        />
      </div>
      <CheckField
        label={t`Exclusive`}
        help={t`For one buyer only.`}
        {...form.register(`licenses.${index}.exclusive`)}
      />
      <TextArea
        label={t`Terms`}
        maxLength={TERMS_MOST}
        placeholder={t`What the buyer may do with it, and what not.`}
        error={errors?.terms?.message}
        {...form.register(`licenses.${index}.terms`)}
      />
      <Files form={form} files={files} index={index} />
    </li>
  )
}
