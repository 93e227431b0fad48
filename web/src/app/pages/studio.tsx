// `/studio?stream=`
import { useNavigate, useSearch } from "@tanstack/react-router"
import { GoLiveView } from "../../features/live/studio/GoLiveView"
import { SignedInOnly } from "../SignedInOnly"

export function StudioRoute() {
  const { stream } = useSearch({ from: "/studio" })
  const navigate = useNavigate()
  return (
    <SignedInOnly>
      <GoLiveView
        streamId={stream}
        onStream={(id) => void navigate({ to: "/studio", search: { stream: id }, replace: true })}
      />
    </SignedInOnly>
  )
}
