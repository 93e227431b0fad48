// placeholder
import type { ReactNode } from "react"
import { Page } from "../../ui/Page"

export function EditProfilePage(): ReactNode {
  return <Page title="Profile">{null}</Page>
}
