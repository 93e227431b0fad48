// Where a seller's share of an order is on its way. Sellers and admins look at the same ones.
import type { components } from "../schema.gen"

export type TransferStatus = components["schemas"]["TransferStatus"]

export const TRANSFER_STATUSES = [
  "waiting_for_seller",
  "pending",
  "completed",
  "failed",
  "permanently_failed",
  "reversal_pending",
  "reversed",
  "partially_reversed",
] as const satisfies TransferStatus[]
