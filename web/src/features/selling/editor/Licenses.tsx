// The licences of a product: added, changed, put in order and removed, all with buttons that keep the focus.
import { Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useState } from "react"
import { type UseFormReturn, useFieldArray } from "react-hook-form"
import type { ProductFile } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { Icon } from "../../../ui/icons"
import { type Draft, LICENSES_MOST, NEW_LICENSE } from "./draft"
import { LicenseCard } from "./LicenseCard"

interface Props {
  form: UseFormReturn<Draft>
  currency: string
  files: ProductFile[]
}

export function Licenses({ form, currency, files }: Props): ReactNode {
  const { t } = useLingui()
  const [said, setSaid] = useState("")
  const noLicense = t`Add a licence, or choose one price.`
  const { fields, append, move, remove } = useFieldArray({
    control: form.control,
    name: "licenses",
    rules: { validate: (all) => form.getValues("pricing") === "one" || all.length > 0 || noLicense },
  })
  const count = fields.length
  const error = form.formState.errors.licenses
  const onMove = (from: number, to: number): void => {
    move(from, to)
    const place = to + 1
    setSaid(t`Now at place ${place} of ${count}.`)
  }
  return (
    <div className="grid gap-3">
      <ol className="grid gap-3">
        {fields.map((field, index) => (
          <LicenseCard
            key={field.id}
            form={form}
            currency={currency}
            files={files}
            index={index}
            count={count}
            onMove={(step) => onMove(index, index + step)}
            onRemove={() => {
              remove(index)
              setSaid(t`The licence was removed.`)
            }}
          />
        ))}
      </ol>
      {error?.root?.message || (error?.message && count === 0) ? (
        <p className="font-medium text-danger text-sm">{error.root?.message ?? error.message}</p>
      ) : null}
      <p role="status" className="sr-only">
        {said}
      </p>
      <div>
        <Button
          look="quiet"
          aria-disabled={count >= LICENSES_MOST}
          onClick={() => append({ ...NEW_LICENSE }, { focusName: `licenses.${count}.name` })}
        >
          <Icon name="plus" />
          <Trans>Add a licence</Trans>
        </Button>
        {count >= LICENSES_MOST ? (
          <p className="pt-2 text-muted text-sm">
            <Trans>There can be at most {LICENSES_MOST}.</Trans>
          </p>
        ) : null}
      </div>
    </div>
  )
}
