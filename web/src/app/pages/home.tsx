// `/`
import { HomePage } from "../../features/home/HomePage"
import { LiveNow } from "../../features/live/LiveNow"

export const HomeRoute = () => <HomePage live={<LiveNow />} />
