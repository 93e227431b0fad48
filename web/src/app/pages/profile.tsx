// `/u/:username`
import { useParams } from "@tanstack/react-router"
import { StreamsOf } from "../../features/live/StreamsOf"
import { ProfilePage } from "../../features/people/ProfilePage"
import { Storefront } from "../../features/shop/Storefront"

export function ProfileRoute() {
  const { username } = useParams({ from: "/u/$username" })
  return (
    <ProfilePage
      key={username}
      username={username}
      live={<StreamsOf username={username} />}
      shop={<Storefront username={username} />}
    />
  )
}
