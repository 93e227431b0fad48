// What the pages of a seller's money are narrowed to, as it stands in the address. Pure: the app reads it before any page.
import { day, oneOf, readAddress } from "../../lib/address"
import { TRANSFER_STATUSES, type TransferStatus } from "../../lib/transferStatus"

export const PERIODS = [30, 90, 365] as const
export type Days = (typeof PERIODS)[number]

export interface TransfersFilter {
  status?: TransferStatus | undefined
  from?: string | undefined
  to?: string | undefined
}

export const readTransfers: (raw: Record<string, unknown>) => TransfersFilter = readAddress({
  status: oneOf(TRANSFER_STATUSES),
  from: day,
  to: day,
})

export interface MoneySearch {
  days?: Days | undefined
  /** How the payout provider sends one back: done, or the link ran out. */
  onboarding?: "return" | "refresh" | undefined
}

export function readMoney(raw: Record<string, unknown>): MoneySearch {
  const days = PERIODS.find((known) => known === Number(raw.days))
  const onboarding = oneOf(["return", "refresh"])(raw.onboarding)
  return { ...(days ? { days } : {}), ...(onboarding ? { onboarding } : {}) }
}

/** `veza-transfers-failed-2026-01-01-2026-02-28.csv`: what is in it stands in its name. */
export function fileName({ status, from, to }: TransfersFilter, today: string): string {
  return `${["veza-transfers", status, from, to ?? today].filter(Boolean).join("-")}.csv`
}
