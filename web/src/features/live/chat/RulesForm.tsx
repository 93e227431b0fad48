// The rules of a room, for those who moderate it. Saved by a press, since each change is told to everybody there.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { useForm } from "react-hook-form"
import { asApiError } from "../../../lib/errors"
import type { ChatSettings } from "../../../lib/types"
import { Button } from "../../../ui/Button"
import { CheckField, SelectField, TextArea } from "../../../ui/Field"
import { ErrorState, Loading, Skeleton } from "../../../ui/states"
import { toast } from "../../../ui/toasts"
import { saveSettings, settingsQuery } from "./api"

const SLOW_MODES_S = [0, 5, 10, 30, 60, 120, 300]

interface Draft {
  enabled: boolean
  slow_s: string
  followers_only: boolean
  words: string
}

const toDraft = ({ enabled, slow_mode_seconds, followers_only, blocked_words }: ChatSettings): Draft => ({
  enabled,
  slow_s: String(slow_mode_seconds),
  followers_only,
  words: blocked_words.join("\n"),
})

const toSettings = ({ enabled, slow_s, followers_only, words }: Draft): ChatSettings => ({
  enabled,
  slow_mode_seconds: Number(slow_s),
  followers_only,
  blocked_words: [...new Set(words.split("\n").map((word) => word.trim()))].filter(Boolean),
})

function useSlowModes(now_s: number): Array<[number, string]> {
  const { t } = useLingui()
  const known = SLOW_MODES_S.includes(now_s) ? SLOW_MODES_S : [...SLOW_MODES_S, now_s].sort((a, b) => a - b)
  return known.map((seconds) => [seconds, seconds === 0 ? t`Off` : t`One message every ${seconds} s`])
}

function Rules({ streamId, settings }: { streamId: string; settings: ChatSettings }): ReactNode {
  const { t } = useLingui()
  const queries = useQueryClient()
  const form = useForm<Draft>({ defaultValues: toDraft(settings) })
  const slowModes = useSlowModes(settings.slow_mode_seconds)
  const save = useMutation({
    mutationFn: (draft: Draft) => saveSettings(streamId, toSettings(draft)),
    onSuccess: (_answer, draft) => {
      toast(t`The rules of the chat were saved.`)
      form.reset(toDraft(toSettings(draft)))
      queries.setQueryData(settingsQuery(streamId).queryKey, toSettings(draft))
      void queries.invalidateQueries({ queryKey: ["chat", streamId] })
    },
    onError: (cause) => {
      for (const { field, message } of asApiError(cause).fields) {
        if (field.startsWith("blocked_words")) form.setError("words", { message })
        if (field === "slow_mode_seconds") form.setError("slow_s", { message })
      }
    },
  })
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => void form.handleSubmit((draft) => save.mutate(draft))(event)}
    >
      <CheckField
        label={t`The chat is open`}
        help={t`Closed, everybody reads and only you and your moderators write.`}
        {...form.register("enabled")}
      />
      <CheckField label={t`Only followers may write`} {...form.register("followers_only")} />
      <SelectField label={t`Slow mode`} error={form.formState.errors.slow_s?.message} {...form.register("slow_s")}>
        {slowModes.map(([seconds, name]) => (
          <option key={seconds} value={seconds}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={t`Blocked words`}
        help={t`One a line. A message that holds one is not sent; only moderators see this list.`}
        error={form.formState.errors.words?.message}
        {...form.register("words")}
      />
      {save.error ? (
        <p role="alert" className="text-danger">
          {asApiError(save.error).message}
        </p>
      ) : null}
      <div className="flex justify-end">
        <Button type="submit" writes busy={save.isPending}>
          <Trans>Save rules</Trans>
        </Button>
      </div>
    </form>
  )
}

export function RulesForm({ streamId }: { streamId: string }): ReactNode {
  const { t } = useLingui()
  const settings = useQuery({ ...settingsQuery(streamId), refetchOnWindowFocus: false })
  if (settings.data) return <Rules streamId={streamId} settings={settings.data} />
  if (settings.isError) {
    return (
      <ErrorState
        error={settings.error}
        title={t`The rules could not be read`}
        onRetry={() => void settings.refetch()}
      />
    )
  }
  return (
    <Loading className="grid gap-4">
      <Skeleton className="h-6 w-1/2" />
      <Skeleton className="h-6 w-1/3" />
      <Skeleton className="h-11" />
      <Skeleton className="h-24" />
    </Loading>
  )
}
