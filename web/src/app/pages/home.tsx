// `/`
import { HomePage } from "../../features/home/HomePage"
import { LiveNow } from "../../features/live/LiveNow"
import { NewInShop } from "../../features/shop/NewInShop"

export const HomeRoute = () => <HomePage live={<LiveNow />} shop={<NewInShop />} />
