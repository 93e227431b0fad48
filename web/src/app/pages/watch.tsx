// `/live/:id`
import { useParams } from "@tanstack/react-router"
import { LiveView } from "../../features/live/LiveView"

export function WatchRoute() {
  const { streamId } = useParams({ from: "/live/$streamId" })
  return <LiveView key={streamId} streamId={streamId} />
}
