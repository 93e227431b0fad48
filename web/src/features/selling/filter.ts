// Which of one's products are listed. Apart from the requests: the app reads it from the address before any page is loaded.
import type { components } from "../../schema.gen"

export type ProductStatus = components["schemas"]["ProductStatus"]

export const STATUSES = ["draft", "published", "archived", "taken_down"] as const satisfies ProductStatus[]

export interface ProductsFilter {
  status?: ProductStatus | undefined
  search?: string | undefined
  offset?: number | undefined
}
