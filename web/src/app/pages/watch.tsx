// `/live/:id`
import { useParams } from "@tanstack/react-router"
import { LiveView } from "../../features/live/LiveView"
import { FollowButton } from "../../features/people/FollowButton"

export function WatchRoute() {
  const { streamId } = useParams({ from: "/live/$streamId" })
  return (
    <LiveView
      key={streamId}
      streamId={streamId}
      follow={(username, count) => <FollowButton username={username} count={count} />}
    />
  )
}
