// The form of the editor and its saving: a draft is made at the first save, and what the server refuses goes beside its field.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useRef } from "react"
import { type UseFormReturn, useForm } from "react-hook-form"
import { asApiError } from "../../../lib/errors"
import type { PublicProduct } from "../../../lib/types"
import { createProduct, keepProduct, type ProductInput, updateProduct } from "../api"
import { type Draft, EMPTY, placeOf, titleFromFile, toDraft, toInput } from "./draft"
import { usePriceRule } from "./usePriceRule"

interface Options {
  product: PublicProduct | null
  currency: string
  onCreated: (id: string) => void
}

export interface Editor {
  form: UseFormReturn<Draft>
  id: string | null
  isDirty: boolean
  isSaving: boolean
  error: unknown
  /** What was made here, before the address of the page says so. */
  created: { readonly current: string | null }
  /** Saves when something changed and all is well; the product's id, or null when it could not be saved. */
  save: () => Promise<string | null>
  /** The product to put a file into: made now, if need be, and called like the file when it has no title. */
  ensure: (fileName: string) => Promise<string>
  discard: () => void
}

function placeErrors(form: UseFormReturn<Draft>, cause: unknown, priceRule: string): void {
  let isFirst = true
  for (const problem of asApiError(cause).fields) {
    const place = placeOf(problem)
    if (!place) continue
    // The server speaks of cents, which nobody typed.
    const message = place.endsWith("price") ? priceRule : problem.message
    form.setError(place, { message }, { shouldFocus: isFirst })
    isFirst = false
  }
}

export function useEditor({ product, currency, onCreated }: Options): Editor {
  const queries = useQueryClient()
  const rule = usePriceRule(currency)
  const form = useForm<Draft>({ defaultValues: product ? toDraft(product) : EMPTY, mode: "onTouched" })
  const { isDirty } = form.formState
  const created = useRef<string | null>(null)
  const creating = useRef<Promise<string> | null>(null)
  const id = product?.id ?? created.current

  const write = useMutation({
    mutationFn: (input: ProductInput) => {
      const known = product?.id ?? created.current
      return known ? updateProduct(known, input) : createProduct(input)
    },
    onSuccess: (saved) => {
      keepProduct(queries, saved)
      if (product || created.current) return
      created.current = saved.id
      onCreated(saved.id)
    },
    onError: (cause) => placeErrors(form, cause, rule.range),
  })

  /** What was typed while the request was on its way stays, and stays unsaved. */
  function settle(saved: PublicProduct, sent: string): void {
    const fresh = toDraft(saved)
    const isSame = JSON.stringify(toInput(form.getValues(), currency)) === sent
    if (isSame) {
      form.reset(fresh)
      return
    }
    form.reset(fresh, { keepValues: true, keepErrors: true })
    const tiers = form.getValues("licenses")
    if (tiers.length !== fresh.licenses.length) return
    for (const [index, { licenseId }] of fresh.licenses.entries())
      form.setValue(`licenses.${index}.licenseId`, licenseId)
  }

  async function save(): Promise<string | null> {
    if (!(await form.trigger(undefined, { shouldFocus: true }))) return null
    const input = toInput(form.getValues(), currency)
    const saved = await write.mutateAsync(input).catch(() => null)
    if (!saved) return null
    settle(saved, JSON.stringify(input))
    return saved.id
  }

  async function make(fileName: string): Promise<string> {
    if (form.getValues("title").trim() === "") {
      form.setValue("title", titleFromFile(fileName), { shouldDirty: true })
    }
    // What is not right yet must not stand in the way of the files: it stays in the form, with its words beside it.
    const isValid = await form.trigger()
    const all = toInput(form.getValues(), currency)
    const input = isValid ? all : { title: all.title, type: all.type }
    const saved = await write.mutateAsync(input)
    settle(saved, JSON.stringify(input))
    return saved.id
  }

  function ensure(fileName: string): Promise<string> {
    if (id) return Promise.resolve(id)
    creating.current ??= make(fileName).finally(() => {
      creating.current = null
    })
    return creating.current
  }

  const discard = (): void => {
    write.reset()
    form.reset(product ? toDraft(product) : EMPTY)
  }

  return { form, id, isDirty, isSaving: write.isPending, error: write.error, created, save, ensure, discard }
}
