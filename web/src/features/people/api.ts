// Public profiles, and following.
import { queryOptions } from "@tanstack/react-query"
import { api, unwrap } from "../../lib/api"
import type { Followed, Profile } from "../../lib/types"

export const profileQuery = (username: string, asWhom: string | undefined) =>
  queryOptions({
    // Whether I follow them is mine to know: each person has an answer of their own.
    queryKey: ["people", username.toLowerCase(), asWhom ?? "guest"],
    queryFn: ({ signal }): Promise<Profile> =>
      unwrap(api.GET("/api/v1/users/{username}", { signal, params: { path: { username } } })),
  })

export const setFollowing = (username: string, following: boolean): Promise<Followed> => {
  const path = { params: { path: { username } } }
  return following
    ? unwrap(api.PUT("/api/v1/users/{username}/follow", path))
    : unwrap(api.DELETE("/api/v1/users/{username}/follow", path))
}
