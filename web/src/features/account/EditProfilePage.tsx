// How I show myself to everybody: picture, name, a few words, links.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { type UseFormReturn, useForm, useWatch } from "react-hook-form"
import { api, unwrap } from "../../lib/api"
import { useLimits } from "../../lib/config"
import { asApiError } from "../../lib/errors"
import { wholeNumber } from "../../lib/format"
import { ownProfileQuery, useOwnProfile } from "../../lib/ownProfile"
import type { Profile } from "../../lib/types"
import { TextArea, TextField } from "../../ui/Field"
import { Icon } from "../../ui/icons"
import { LeaveGuard } from "../../ui/LeaveGuard"
import { SaveBar } from "../../ui/SaveBar"
import { ErrorState, Loading, Skeleton } from "../../ui/states"
import { Used } from "../../ui/Used"
import { AvatarField } from "./AvatarField"
import { LinksField } from "./LinksField"
import { BIO_MOST, NAME_MOST, type ProfileDraft, placeOf, toDraft, toInput } from "./profileDraft"
import { SettingsFrame } from "./SettingsFrame"

function BioField({ form }: { form: UseFormReturn<ProfileDraft> }): ReactNode {
  const { t } = useLingui()
  const used = useWatch({ control: form.control, name: "bio" }).length
  const most = wholeNumber(BIO_MOST)
  return (
    <TextArea
      label={t`About you`}
      rows={5}
      help={<Used length={used} limit={BIO_MOST} />}
      error={form.formState.errors.bio?.message}
      {...form.register("bio", {
        validate: (bio) => bio.length <= BIO_MOST || t`This is too long: at most ${most} characters.`,
      })}
    />
  )
}

function useKeepProfile(): (profile: Profile) => void {
  const queries = useQueryClient()
  return (profile) => {
    queries.setQueryData(ownProfileQuery(profile.username).queryKey, profile)
    void queries.invalidateQueries({ queryKey: ["people"] })
  }
}

function useSave(form: UseFormReturn<ProfileDraft>) {
  const keep = useKeepProfile()
  return useMutation({
    mutationFn: (draft: ProfileDraft) => unwrap(api.PUT("/api/v1/users/me", { body: toInput(draft) })),
    onSuccess: (profile, draft) => {
      keep(profile)
      // What was typed while it was on its way stays, and stays unsaved.
      const isSame = JSON.stringify(form.getValues()) === JSON.stringify(draft)
      form.reset(toDraft(profile), isSame ? {} : { keepValues: true })
    },
    onError: (cause) => {
      let isFirst = true
      for (const { field, message } of asApiError(cause).fields) {
        const place = placeOf(field)
        if (!place) continue
        form.setError(place, { message }, { shouldFocus: isFirst })
        isFirst = false
      }
    },
  })
}

function ProfileForm({ profile, picture_bytes }: { profile: Profile; picture_bytes: number }): ReactNode {
  const { t } = useLingui()
  const keep = useKeepProfile()
  const form = useForm<ProfileDraft>({ defaultValues: toDraft(profile), mode: "onTouched" })
  const { errors, isDirty } = form.formState
  const save = useSave(form)
  const submit = form.handleSubmit((draft) => save.mutate(structuredClone(draft)))
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <div className="grid items-start gap-6 sm:grid-cols-[16.5rem_minmax(0,1fr)]">
        <section aria-label={t`Picture`} className="rounded-2xl bg-surface p-4 ring-1 ring-line sm:p-6">
          <AvatarField profile={profile} most_bytes={picture_bytes} onChanged={keep} />
        </section>
        <div className="grid gap-5 rounded-2xl bg-surface p-4 ring-1 ring-line sm:p-6">
          <TextField
            label={t`Name shown`}
            maxLength={NAME_MOST}
            autoComplete="nickname"
            placeholder={profile.username}
            help={t`Left empty, people see @${profile.username}.`}
            error={errors.display_name?.message}
            {...form.register("display_name")}
          />
          <BioField form={form} />
          <LinksField form={form} />
        </div>
      </div>
      <SaveBar
        isDirty={isDirty}
        isSaving={save.isPending}
        error={save.error}
        onSave={() => void submit()}
        onDiscard={() => {
          save.reset()
          form.reset(toDraft(profile))
        }}
      />
      <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
      <LeaveGuard isDirty={isDirty} />
    </form>
  )
}

export function EditProfilePage(): ReactNode {
  const { t } = useLingui()
  const profile = useOwnProfile()
  const limits = useLimits()
  const username = profile.data?.username
  return (
    <SettingsFrame
      title={t`Profile`}
      lead={t`What everybody sees of you.`}
      actions={
        username ? (
          <Link
            to="/u/$username"
            params={{ username }}
            className="inline-flex min-h-11 items-center gap-2 font-semibold text-accent underline underline-offset-4"
          >
            <Trans>Public page</Trans>
            <Icon name="arrow" size={18} />
          </Link>
        ) : null
      }
    >
      {profile.data && limits ? (
        <ProfileForm profile={profile.data} picture_bytes={limits.imageBytesMax} />
      ) : profile.isError ? (
        <ErrorState
          error={profile.error}
          title={t`Your profile could not be read`}
          onRetry={() => void profile.refetch()}
        />
      ) : (
        <Loading className="grid items-start gap-6 sm:grid-cols-[16.5rem_minmax(0,1fr)]">
          <Skeleton className="h-72 rounded-2xl" />
          <Skeleton className="h-96 rounded-2xl" />
        </Loading>
      )}
    </SettingsFrame>
  )
}
