// One's own public profile, as the header and the profile's form both need it.
import { queryOptions, useQuery } from "@tanstack/react-query"
import { api, unwrap } from "./api"
import type { Profile } from "./types"
import { useSession } from "./useSession"

const STALE_MS = 300_000

export const ownProfileQuery = (username: string) =>
  queryOptions({
    queryKey: ["account", "profile", username],
    queryFn: ({ signal }): Promise<Profile> =>
      unwrap(api.GET("/api/v1/users/{username}", { signal, params: { path: { username } } })),
    staleTime: STALE_MS,
    refetchOnWindowFocus: false,
  })

export function useOwnProfile() {
  const { user, status } = useSession()
  return useQuery({ ...ownProfileQuery(user?.username ?? ""), enabled: status === "in" && user !== null })
}
