// One's picture: chosen or dropped, shown at once, replaced, removed.
import { Trans, useLingui } from "@lingui/react/macro"
import { useMutation } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { api, unwrap } from "../../lib/api"
import { asApiError } from "../../lib/errors"
import type { Profile } from "../../lib/types"
import { usePictureUpload } from "../../lib/usePictureUpload"
import { Button } from "../../ui/Button"
import { PictureField } from "../../ui/PictureField"

interface Props {
  profile: Profile
  most_bytes: number
  onChanged: (profile: Profile) => void
}

export function AvatarField({ profile, most_bytes, onChanged }: Props): ReactNode {
  const { t } = useLingui()
  const upload = usePictureUpload<Profile>({ path: () => "/api/v1/users/me/avatar", most_bytes, onDone: onChanged })
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/users/me/avatar")),
    onSuccess: onChanged,
  })
  return (
    <PictureField
      upload={upload}
      src={profile.avatar_url}
      names={{ choose: t`Choose or drop a picture`, replace: t`Replace`, sending: t`Sending the picture` }}
      hint={t`It is shown as a circle.`}
      most_bytes={most_bytes}
      round
      remove={
        <>
          <Button look="plain" writes busy={remove.isPending} onClick={() => remove.mutate()}>
            <Trans>Remove</Trans>
          </Button>
          {remove.error ? (
            <p role="alert" className="w-full text-danger text-sm">
              {asApiError(remove.error).message}
            </p>
          ) : null}
        </>
      }
    />
  )
}
