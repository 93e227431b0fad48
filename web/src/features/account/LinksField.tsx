// The links of a profile: one line each, added and removed by buttons.
import { Trans, useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { type UseFormReturn, useFieldArray } from "react-hook-form"
import { Button, IconButton } from "../../ui/Button"
import { TextField } from "../../ui/Field"
import { Icon } from "../../ui/icons"
import { isAddress, LINK_MOST, LINKS_MOST, type ProfileDraft } from "./profileDraft"

export function LinksField({ form }: { form: UseFormReturn<ProfileDraft> }): ReactNode {
  const { t } = useLingui()
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "links" })
  const { errors } = form.formState
  const count = fields.length
  const isFull = count >= LINKS_MOST
  return (
    <fieldset className="grid gap-3">
      <legend className="pb-2 font-semibold text-sm">
        <Trans>Links</Trans>
      </legend>
      {fields.map((field, index) => {
        const place = index + 1
        return (
          <div key={field.id} className="flex items-start gap-1">
            <div className="min-w-0 flex-1">
              <TextField
                label={t`Link ${place}`}
                type="url"
                inputMode="url"
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
                maxLength={LINK_MOST}
                placeholder="https://…"
                error={errors.links?.[index]?.url?.message}
                {...form.register(`links.${index}.url`, {
                  validate: (url) =>
                    url.trim() === "" || isAddress(url) || t`Type a web address, such as https://example.com.`,
                })}
              />
            </div>
            <div className="pt-6.5">
              <IconButton label={t`Remove link ${place}`} onClick={() => remove(index)}>
                <Icon name="bin" size={18} />
              </IconButton>
            </div>
          </div>
        )
      })}
      {errors.links?.message ? <p className="font-medium text-danger text-sm">{errors.links.message}</p> : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look="quiet"
          aria-disabled={isFull}
          onClick={() => append({ url: "" }, { focusName: `links.${count}.url` })}
        >
          <Icon name="plus" />
          <Trans>Add a link</Trans>
        </Button>
        {isFull ? (
          <span className="text-muted text-sm">
            <Trans>There can be at most {LINKS_MOST}.</Trans>
          </span>
        ) : null}
      </div>
    </fieldset>
  )
}
