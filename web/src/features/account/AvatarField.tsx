// One's picture: chosen or dropped, shown at once, replaced, removed.
import { useLingui } from "@lingui/react/macro"
import type { ReactNode } from "react"
import { api, unwrap } from "../../lib/api"
import type { Profile } from "../../lib/types"
import { usePictureUpload } from "../../lib/usePictureUpload"
import { PictureField } from "../../ui/PictureField"
import { RemoveButton } from "../../ui/RemoveButton"

interface Props {
  profile: Profile
  most_bytes: number
  onChanged: (profile: Profile) => void
}

export function AvatarField({ profile, most_bytes, onChanged }: Props): ReactNode {
  const { t } = useLingui()
  const upload = usePictureUpload<Profile>({ path: () => "/api/v1/users/me/avatar", most_bytes, onDone: onChanged })
  return (
    <PictureField
      upload={upload}
      src={profile.avatar_url}
      names={{ choose: t`Choose or drop a picture`, replace: t`Replace`, sending: t`Sending the picture` }}
      hint={t`It is shown as a circle.`}
      most_bytes={most_bytes}
      round
      remove={<RemoveButton action={() => unwrap(api.DELETE("/api/v1/users/me/avatar"))} onDone={onChanged} />}
    />
  )
}
