// `/recordings/:id`
import { useParams } from "@tanstack/react-router"
import { RecordingView } from "../../features/live/recordings/RecordingView"

export function RecordingRoute() {
  const { recordingId } = useParams({ from: "/recordings/$recordingId" })
  return <RecordingView key={recordingId} recordingId={recordingId} />
}
