// `/unsubscribe#token=`
import { UnsubscribePage } from "../../features/auth/links/UnsubscribePage"
import { useLinkToken } from "../useLinkToken"

export function UnsubscribeRoute() {
  return <UnsubscribePage token={useLinkToken()} />
}
