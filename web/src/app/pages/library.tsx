// `/library`
import { LibraryPage } from "../../features/library/LibraryPage"
import { SignedInOnly } from "../SignedInOnly"

export const LibraryRoute = () => (
  <SignedInOnly>
    <LibraryPage />
  </SignedInOnly>
)
