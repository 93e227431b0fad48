// Somebody's public page: who they are, who follows them, what they play right now, and what they sell.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { asApiError } from "../../lib/errors"
import type { Profile } from "../../lib/types"
import { useSession } from "../../lib/useSession"
import { Avatar } from "../../ui/Avatar"
import { buttonClass } from "../../ui/Button"
import { useTitle } from "../../ui/Page"
import { EmptyState, ErrorState, Loading, Skeleton } from "../../ui/states"
import { profileQuery } from "./api"
import { FollowButton } from "./FollowButton"

interface Props {
  username: string
  /** Their streams; another feature's. */
  live?: ReactNode
  /** What they sell; another feature's, too. */
  shop?: ReactNode
}

/** Links of a profile are strangers' words: only the web's own kind is followed. */
const isWeb = (link: string): boolean => /^https?:\/\//i.test(link)

function Links({ links }: { links: string[] }): ReactNode {
  const shown = links.filter(isWeb)
  if (shown.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-x-5">
      {shown.map((link) => (
        <li key={link}>
          <a
            href={link}
            target="_blank"
            rel="nofollow ugc noopener noreferrer"
            className="wrap-anywhere inline-flex min-h-11 items-center text-accent underline underline-offset-4"
          >
            {link.replace(/^https?:\/\//i, "").replace(/\/$/, "")}
          </a>
        </li>
      ))}
    </ul>
  )
}

function Who({ profile }: { profile: Profile }): ReactNode {
  const name = profile.display_name || profile.username
  useTitle(name)
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-4">
        <Avatar id={profile.id} name={name} src={profile.avatar_url} className="size-20 text-3xl" />
        <div className="min-w-0 flex-1 basis-52">
          <h1 className="wrap-anywhere font-bold text-3xl tracking-tight" dir="auto">
            {name}
          </h1>
          <p className="tabular flex flex-wrap gap-x-4 text-muted">
            <span>@{profile.username}</span>
            <span data-followers={profile.follower_count}>
              <Plural value={profile.follower_count} one="# follower" other="# followers" />
            </span>
            <span>
              <Trans>{profile.following_count} following</Trans>
            </span>
          </p>
        </div>
        <FollowButton username={profile.username} count={false} />
      </div>
      {profile.bio ? (
        <p className="wrap-anywhere max-w-3xl whitespace-pre-line" dir="auto">
          {profile.bio}
        </p>
      ) : null}
      <Links links={profile.links} />
    </div>
  )
}

function Nobody(): ReactNode {
  const { t } = useLingui()
  useTitle(t`Nobody of that name`)
  return (
    <>
      <h1 className="sr-only">
        <Trans>Nobody of that name</Trans>
      </h1>
      <EmptyState
        icon="person"
        title={t`There is nobody of that name here`}
        action={
          <Link to="/live" className={buttonClass()}>
            <Trans>See who is live</Trans>
          </Link>
        }
      />
    </>
  )
}

export function ProfilePage({ username, live, shop }: Props): ReactNode {
  const { t } = useLingui()
  const { user, status } = useSession()
  const me = status === "in" ? user?.username : undefined
  const profile = useQuery({ ...profileQuery(username, me), enabled: status !== "starting" })
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-10 px-4 py-8 sm:px-6">
      {profile.data ? (
        <>
          <Who profile={profile.data} />
          {live}
          {shop}
        </>
      ) : profile.isError ? (
        asApiError(profile.error).status === 404 ? (
          <Nobody />
        ) : (
          <ErrorState
            error={profile.error}
            title={t`This profile could not be read`}
            onRetry={() => void profile.refetch()}
          />
        )
      ) : (
        <Loading className="flex items-center gap-5">
          <Skeleton className="size-20 rounded-full!" />
          <div className="grid flex-1 gap-3">
            <Skeleton className="h-8 w-1/3" />
            <Skeleton className="h-5 w-1/2" />
          </div>
        </Loading>
      )}
    </div>
  )
}
