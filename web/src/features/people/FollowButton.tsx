// Follows and no longer follows somebody, with how many do. Shows the change at once and takes it back when it is refused.
import { Plural, Trans } from "@lingui/react/macro"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useRouter } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import type { Profile } from "../../lib/types"
import { useSession } from "../../lib/useSession"
import { Button, buttonClass } from "../../ui/Button"
import { profileQuery, setFollowing } from "./api"

function useFollowing(username: string, me: string | undefined) {
  const queries = useQueryClient()
  const { queryKey } = profileQuery(username, me)
  return useMutation({
    mutationFn: (following: boolean) => setFollowing(username, following),
    onMutate: async (following) => {
      await queries.cancelQueries({ queryKey })
      const before = queries.getQueryData(queryKey)
      queries.setQueryData(queryKey, (profile) => profile && withFollowing(profile, following))
      return before
    },
    onError: (_cause, _following, before) => queries.setQueryData(queryKey, before),
    onSuccess: ({ following, follower_count }) => {
      queries.setQueryData(queryKey, (profile) => profile && { ...profile, is_following: following, follower_count })
      void queries.invalidateQueries({ queryKey: ["live", "following"] })
    },
  })
}

function withFollowing(profile: Profile, following: boolean): Profile {
  const change = Number(following) - Number(profile.is_following ?? false)
  return { ...profile, is_following: following, follower_count: Math.max(0, profile.follower_count + change) }
}

function Toggle({ profile, me }: { profile: Profile; me: string | undefined }): ReactNode {
  const { username } = profile
  const change = useFollowing(username, me)
  const following = profile.is_following ?? false
  return (
    <>
      <Button
        writes
        look={following ? "quiet" : "primary"}
        aria-pressed={following}
        onClick={() => change.mutate(!following)}
      >
        {following ? <Trans>Following</Trans> : <Trans>Follow</Trans>}
        <span className="sr-only">{username}</span>
      </Button>
      {change.error ? (
        <p role="alert" className="basis-full text-danger text-sm">
          {asApiError(change.error).message}
        </p>
      ) : null}
    </>
  )
}

function SignInToFollow({ username }: { username: string }): ReactNode {
  const router = useRouter()
  return (
    <Link to="/login" search={{ next: router.state.location.href }} className={buttonClass()}>
      <Trans>Follow</Trans>
      <span className="sr-only">{username}</span>
    </Link>
  )
}

export function FollowButton({ username, count = true }: { username: string; count?: boolean }): ReactNode {
  const { user, status } = useSession()
  const me = status === "in" ? user?.username : undefined
  const { data: profile } = useQuery({ ...profileQuery(username, me), enabled: status !== "starting" })
  if (!profile) return null
  const own = me?.toLowerCase() === username.toLowerCase()
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {count ? (
        <span className="tabular text-muted text-sm" data-followers={profile.follower_count}>
          <Plural value={profile.follower_count} one="# follower" other="# followers" />
        </span>
      ) : null}
      {own ? null : me ? <Toggle profile={profile} me={me} /> : <SignInToFollow username={username} />}
    </div>
  )
}
