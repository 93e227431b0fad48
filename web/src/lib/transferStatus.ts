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

const PENDING_MS = 3000
const MOVING: ReadonlySet<string> = new Set(["pending", "reversal_pending"] satisfies TransferStatus[])

interface TransfersPage {
  transfers: readonly { status: string }[]
}

/** How soon a list is read again: while one of it is being sent or taken back, which takes seconds. */
export const whileSending = (pages: readonly TransfersPage[] = []): number | false =>
  pages.some(({ transfers }) => transfers.some(({ status }) => MOVING.has(status))) ? PENDING_MS : false
