// Who looks at the page, once that is known: what is not on sale shows itself to its seller and the staff only.
import type { User } from "../../../lib/types"
import { useSession } from "../../../lib/useSession"

interface Me {
  user: User | undefined
  isKnown: boolean
  isStaff: boolean
}

export function useMe(): Me {
  const { user, status } = useSession()
  const me = status === "in" || status === "expired" ? (user ?? undefined) : undefined
  return { user: me, isKnown: status !== "starting", isStaff: me?.role === "moderator" || me?.role === "admin" }
}
