// What a stream is called and about. Creating asks for a press; editing saves by itself and says so.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useEffect, useRef } from "react"
import { type UseFormReturn, useForm, useWatch } from "react-hook-form"
import { asApiError } from "../../../lib/errors"
import type { Stream } from "../../../lib/types"
import { useOnline } from "../../../lib/useBrowser"
import { Button } from "../../../ui/Button"
import { CheckField, SelectField, TextArea, TextField } from "../../../ui/Field"
import {
  CATEGORIES,
  type Category,
  createStream,
  myStreamsQuery,
  type StreamInput,
  streamQuery,
  updateStream,
} from "../api"
import { useCategoryNames } from "../useCategoryNames"

const SAVE_AFTER_MS = 800
const TITLE_MOST = 140
const DESCRIPTION_MOST = 5000
const TAGS_MOST = 10

interface Draft {
  title: string
  description: string
  category: Category
  tags: string
  record: boolean
}

export function toInput({ title, description, category, tags, record }: Draft): StreamInput {
  const words = tags.split(",").map((tag) => tag.trim().replace(/^#/, ""))
  return { title: title.trim(), description, category, tags: [...new Set(words.filter(Boolean))], record }
}

const EMPTY: Draft = { title: "", description: "", category: "music", tags: "", record: true }

const toDraft = (stream: Stream): Draft => ({
  title: stream.title,
  description: stream.description,
  category: CATEGORIES.find((known) => known === stream.category) ?? "other",
  tags: stream.tags.join(", "),
  record: stream.record,
})

/** The server's refusals beside their fields; `tags.3` belongs to the tags. */
function placeErrors(form: UseFormReturn<Draft>, cause: unknown): void {
  for (const { field, message } of asApiError(cause).fields) {
    const name = field.split(".")[0]
    if (name === "title" || name === "description" || name === "category" || name === "tags")
      form.setError(name, { message })
  }
}

function Fields({ form }: { form: UseFormReturn<Draft> }): ReactNode {
  const { t } = useLingui()
  const names = useCategoryNames()
  const { errors } = form.formState
  const tooMany = t`At most ${TAGS_MOST} tags.`
  return (
    <>
      <TextField
        label={t`Title`}
        maxLength={TITLE_MOST}
        error={errors.title?.message}
        {...form.register("title", { validate: (title) => title.trim() !== "" || t`Give it a title.` })}
      />
      <TextArea
        label={t`Description`}
        maxLength={DESCRIPTION_MOST}
        error={errors.description?.message}
        {...form.register("description")}
      />
      <div className="grid gap-4">
        <SelectField label={t`Category`} error={errors.category?.message} {...form.register("category")}>
          {CATEGORIES.map((id) => (
            <option key={id} value={id}>
              {names[id]}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t`Tags`}
          placeholder={t`house, vinyl`}
          error={errors.tags?.message}
          {...form.register("tags", {
            validate: (tags) => toInput({ ...EMPTY, tags }).tags.length <= TAGS_MOST || tooMany,
          })}
        />
        <CheckField
          label={t`Record broadcasts`}
          help={t`A recording is yours alone until you publish it.`}
          {...form.register("record")}
        />
      </div>
    </>
  )
}

export function CreateStreamForm({
  onCreated,
  onCancel,
}: {
  onCreated: (id: string) => void
  onCancel?: (() => void) | undefined
}): ReactNode {
  const queries = useQueryClient()
  const form = useForm<Draft>({ defaultValues: EMPTY })
  const create = useMutation({
    mutationFn: (draft: Draft) => createStream(toInput(draft)),
    onSuccess: async (stream) => {
      queries.setQueryData(streamQuery(stream.id).queryKey, stream)
      queries.setQueryData(myStreamsQuery.queryKey, (mine) => [stream, ...(mine ?? [])])
      onCreated(stream.id)
    },
    onError: (cause) => placeErrors(form, cause),
  })
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => void form.handleSubmit((draft) => create.mutate(draft))(event)}
    >
      <Fields form={form} />
      {create.error ? (
        <p role="alert" className="text-danger">
          {asApiError(create.error).message}
        </p>
      ) : null}
      <div className="flex gap-2">
        <Button type="submit" writes busy={create.isPending}>
          <Trans>Create stream</Trans>
        </Button>
        {onCancel ? (
          <Button look="plain" onClick={onCancel}>
            <Trans>Cancel</Trans>
          </Button>
        ) : null}
      </div>
    </form>
  )
}

function useAutosave(stream: Stream, form: UseFormReturn<Draft>) {
  const queries = useQueryClient()
  const draft = useWatch({ control: form.control }) as Draft
  const saved = useRef(JSON.stringify(toInput(toDraft(stream))))
  const save = useMutation({
    mutationFn: (input: StreamInput) => updateStream(stream.id, input),
    onSuccess: (fresh, input) => {
      saved.current = JSON.stringify(input)
      queries.setQueryData(streamQuery(fresh.id).queryKey, fresh)
      void queries.invalidateQueries({ queryKey: myStreamsQuery.queryKey })
    },
    onError: (cause) => placeErrors(form, cause),
  })
  const text = JSON.stringify(toInput(draft))
  const { mutate } = save
  const online = useOnline()
  useEffect(() => {
    if (!online || text === saved.current) return
    const timer = setTimeout(() => {
      void form.trigger().then((valid) => valid && mutate(JSON.parse(text) as StreamInput))
    }, SAVE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text, online, form, mutate])
  return { save, pending: text !== saved.current, retry: () => mutate(toInput(draft)) }
}

export function EditStreamForm({ stream }: { stream: Stream }): ReactNode {
  const { t } = useLingui()
  const form = useForm<Draft>({ defaultValues: toDraft(stream), mode: "onChange" })
  const { save, pending, retry } = useAutosave(stream, form)
  const status = save.isPending ? t`Saving…` : save.isError ? t`Not saved` : pending ? t`Not saved yet` : t`Saved`
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => event.preventDefault()}>
      <div className="flex items-center justify-between">
        <h2 className="font-bold text-xl">
          <Trans>About this stream</Trans>
        </h2>
        <p role="status" className={save.isError ? "text-danger text-sm" : "text-muted text-sm"}>
          {status}
        </p>
      </div>
      <Fields form={form} />
      {save.error ? (
        <p role="alert" className="flex flex-wrap items-center gap-3 text-danger">
          {asApiError(save.error).message}
          <Button look="quiet" writes onClick={retry}>
            <Trans>Save again</Trans>
          </Button>
        </p>
      ) : null}
    </form>
  )
}
