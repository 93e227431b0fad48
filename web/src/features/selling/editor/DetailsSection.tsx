// What a product is called, what it is, and what is said of it.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { Controller, type UseFormReturn, useWatch } from "react-hook-form"
import { wholeNumber } from "../../../lib/format"
import { useTypeNames } from "../../../lib/useTypeNames"
import { SelectField, TextArea, TextField } from "../../../ui/Field"
import { Used } from "../../../ui/Used"
import { TYPES } from "../api"
import { DESCRIPTION_MOST, type Draft, TITLE_MOST } from "./draft"
import { Section } from "./Section"
import { TagsField } from "./TagsField"

interface Props {
  form: UseFormReturn<Draft>
  /** Once it was on sale, a product stays what it is. */
  typeIsFixed: boolean
}

function DescriptionField({ form }: Pick<Props, "form">): ReactNode {
  const { t } = useLingui()
  const length = useWatch({ control: form.control, name: "description" }).length
  const most = wholeNumber(DESCRIPTION_MOST)
  return (
    <TextArea
      label={t`Description`}
      rows={6}
      help={<Used length={length} limit={DESCRIPTION_MOST} />}
      error={form.formState.errors.description?.message}
      {...form.register("description", {
        validate: (text) => text.length <= DESCRIPTION_MOST || t`This is too long: at most ${most} characters.`,
      })}
    />
  )
}

export function DetailsSection({ form, typeIsFixed }: Props): ReactNode {
  const { t } = useLingui()
  const types = useTypeNames()
  const { errors } = form.formState
  const tagsError = Array.isArray(errors.tags) ? errors.tags.find(Boolean)?.message : errors.tags?.message
  return (
    <Section title={t`Details`}>
      <TextField
        label={t`Title`}
        maxLength={TITLE_MOST}
        autoComplete="off"
        error={errors.title?.message}
        {...form.register("title", { validate: (title) => title.trim() !== "" || t`Give it a title.` })}
      />
      <SelectField
        label={t`Type`}
        aria-disabled={typeIsFixed || undefined}
        error={errors.type?.message}
        help={typeIsFixed ? t`What was on sale once stays what it is.` : undefined}
        {...form.register("type")}
      >
        {TYPES.filter((type) => !typeIsFixed || type === form.getValues("type")).map((type) => (
          <option key={type} value={type}>
            {types[type]}
          </option>
        ))}
      </SelectField>
      <DescriptionField form={form} />
      <Controller
        control={form.control}
        name="tags"
        render={({ field }) => (
          <TagsField tags={field.value} onTags={field.onChange} error={tagsError} inputRef={field.ref} />
        )}
      />
    </Section>
  )
}
