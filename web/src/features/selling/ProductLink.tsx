// A link to the page that buyers see. It stays in the app, so that files on their way are not cut off.
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

export const publicAddress = (id: string): string => `${globalThis.location.origin}/products/${id}`

interface Props {
  id: string
  className?: string
  "aria-label"?: string
  children: ReactNode
}

export function ProductLink({ id, ...rest }: Props): ReactNode {
  // The page is another feature's, and its route is joined by the app: here only its address is known.
  return <Link to={`/products/${id}` as "/"} {...rest} />
}
